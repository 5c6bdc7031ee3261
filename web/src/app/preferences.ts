/** A person's preferences: colours, language and how fast media plays, kept in this browser. */
import { directionOf, languageOf, type LanguageCode } from '../strings'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const THEME = 'playhead.theme'
const LANGUAGE = 'playhead.language'
const SPEED = 'playhead.speed'
/** What every browser can play at; a player that was stopped by rate 0 is not to be remembered so. */
const SPEEDS = { least: 0.25, most: 4 }

export function theme(): Theme {
  const stored = localStorage.getItem(THEME)
  return themes.find((each) => each === stored) ?? 'system'
}

/** What was chosen, else the first language of the browser's that we speak. */
export function language(): LanguageCode {
  return languageOf(localStorage.getItem(LANGUAGE) ?? navigator.language)
}

export function choose(chosen: { theme?: Theme; language?: LanguageCode }): void {
  if (chosen.theme !== undefined) localStorage.setItem(THEME, chosen.theme)
  if (chosen.language !== undefined) localStorage.setItem(LANGUAGE, chosen.language)
  apply(document.documentElement)
}

/** How fast media last played; 1 where that is not known. */
export function speed(): number {
  const stored = Number(localStorage.getItem(SPEED) ?? 1)
  return isSpeed(stored) ? stored : 1
}

export function rememberSpeed(rate: number): void {
  if (isSpeed(rate)) localStorage.setItem(SPEED, String(rate))
}

function isSpeed(rate: number): boolean {
  return rate >= SPEEDS.least && rate <= SPEEDS.most
}

/** Set them on the page. Text along a line turns round with the language, and with it what points along it. */
export function apply(root: HTMLElement): void {
  const lang = language()
  root.lang = lang
  root.dir = directionOf(lang)
  root.dataset['theme'] = theme()
  root.style.setProperty('--playhead-inline', root.dir === 'rtl' ? '-1' : '1')
}
