"""What lives inside the observed program. Only the standard library, nothing imported before it is needed."""
