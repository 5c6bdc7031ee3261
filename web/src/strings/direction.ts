/** What a page needs to offer a choice of language. */
import { languageOf, type LanguageCode } from './catalogue'

/** Each language by its own name, as a reader who speaks no other looks for it. */
export const languageNames: Readonly<Record<LanguageCode, string>> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  ar: 'العربية',
}

/** The `dir` to set beside `lang` on the document. */
export function directionOf(lang: string): 'ltr' | 'rtl' {
  return languageOf(lang) === 'ar' ? 'rtl' : 'ltr'
}
