/**
 * `playhead.js`: one script tag that follows a page's player. It is a classic script, so that it knows its own tag
 * (`document.currentScript`), and several may stand on a page, each for a player of its own.
 */

import { begin } from './begin'

const tag = document.currentScript
if (tag instanceof HTMLScriptElement) begin(tag)
else console.error('playhead.js is to be loaded by a <script> tag, not as a module.')
