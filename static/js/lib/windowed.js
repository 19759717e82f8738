/** Only the rows that the window shows are in the document; two spacers stand for the others. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { windowOf } from '../tree.js';

/** @returns {number} the height of a row in px, as the tokens have it now */
function rowHeight() {
  const style = getComputedStyle(document.documentElement);
  return Number.parseFloat(style.getPropertyValue('--row')) * Number.parseFloat(style.fontSize);
}

/**
 * @param {number} total rows
 * @returns {{ref: import('preact').RefObject<HTMLElement | null>, from: number, to: number, before: number, after: number}} the slice to
 *   render, and the heights of the spacers in px
 */
export function useWindowed(total) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const [row, setRow] = useState(rowHeight);
  const [view, setView] = useState({ top: 0, height: innerHeight });
  const slice = windowOf(total, row, view.top, view.height);

  const look = () => {
    const top = ref.current ? -ref.current.getBoundingClientRect().top : 0;
    setView((old) => {
      const a = windowOf(total, row, old.top, old.height);
      const b = windowOf(total, row, top, innerHeight);
      return a.from === b.from && a.to === b.to ? old : { top, height: innerHeight };
    });
  };
  useLayoutEffect(look, [total, row]);
  useEffect(() => {
    const resized = () => setRow(rowHeight());
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    addEventListener('resize', resized);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
      removeEventListener('resize', resized);
    };
  }, [total, row]);
  return { ref, from: slice.from, to: slice.to, before: slice.from * row, after: (total - slice.to) * row };
}
