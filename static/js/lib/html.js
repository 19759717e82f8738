/** htm bound to preact: every template makes DOM nodes, none makes markup from a string. */
import htm from 'htm';
import { h } from 'preact';

/** @type {(strings: TemplateStringsArray, ...values: any[]) => any} */
export const html = htm.bind(h);
