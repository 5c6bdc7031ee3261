/** How somebody likes the pages: colours and language, kept in this browser. */
import { directionOf, languageOf, type LanguageCode } from '../strings'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const THEME = 'playhead.theme'
const LANGUAGE = 'playhead.language'

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

/** Set them on the page. Text along a line turns round with the language, and with it what points along it. */
export function apply(root: HTMLElement): void {
  const lang = language()
  root.lang = lang
  root.dir = directionOf(lang)
  root.dataset['theme'] = theme()
  root.style.setProperty('--playhead-inline', root.dir === 'rtl' ? '-1' : '1')
}
