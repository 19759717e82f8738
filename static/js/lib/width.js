/** How wide an element is, followed. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** @param {number} first px, until it is known @returns {{ref: import('preact').RefObject<HTMLElement | null>, width: number}} */
export function useWidth(first) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    if (!ref.current) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
