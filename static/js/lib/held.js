/** Rows keep their places while the pointer rests on them. */
import { useRef, useState } from 'preact/hooks';
import { hold } from '../state.js';

/**
 * @template {{id: string}} T
 * @param {T[]} items
 * @returns {{items: T[], on: {onPointerEnter: (e: PointerEvent) => void, onPointerLeave: () => void}}} what to show, and what to
 *   listen for on the element around it
 */
export function useHeld(items) {
  const [held, setHeld] = useState(false);
  const shown = useRef(items);
  shown.current = held ? /** @type {any} */ (hold(shown.current, items)) : items;
  return {
    items: shown.current,
    on: {
      // A finger leaves without saying so; only a pointer that hovers can hold.
      onPointerEnter: (e) => setHeld(e.pointerType === 'mouse'),
      onPointerLeave: () => setHeld(false),
    },
  };
}
