/** Whether rows have two lines (a phone, a narrow window) or one: what is not shown is not made either. */
import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 63.99rem)');
export const narrow = signal(query.matches);
query.addEventListener('change', () => (narrow.value = query.matches));
