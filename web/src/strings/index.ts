/**
 * Words in English, German, Spanish and Arabic.
 *
 * Each area of the pages keeps its own words in `web/src/app/<area>/strings.ts`. English gives the keys: a key that a
 * translation lacks, has too many of, or takes other parameters for, does not compile.
 *
 * ```ts
 * // app/learner/strings.ts
 * import { messages, plural } from '../../strings'
 * export const strings = messages({
 *   en: { library: 'Library', items: (n: number) => plural('en', n, { one: '# item', other: '# items' }) },
 *   de: { library: 'Bibliothek', items: (n) => plural('de', n, { one: '# Inhalt', other: '# Inhalte' }) },
 *   es: { library: 'Biblioteca', items: (n) => plural('es', n, { one: '# contenido', other: '# contenidos' }) },
 *   ar: { library: 'المكتبة', items: (n) => plural('ar', n, { one: 'عنصر واحد', two: 'عنصران', few: '# عناصر', other: '# عنصرًا' }) },
 * })
 *
 * // app/learner/page-library.ts
 * class PageLibrary extends LitElement {
 *   private readonly local = new Localised(this, strings)   // renders again when <html lang> (or any [lang] around) changes
 *   override render() {
 *     const { t, format } = this.local
 *     return html`<h1>${t.library}</h1> ${t.items(12)} ${format.percent(75)} ${format.relative(item.lastViewed, new Date())}`
 *   }
 * }
 * ```
 *
 * Long catalogues go one file a language: `export const en = {…}` in `strings/en.ts`, and
 * `export const de: Translation<typeof en> = {…}` in `strings/de.ts`. Outside an element: `strings(lang).library`, `formats(lang)`.
 * Mark the direction once, on `<html dir>`; `directionOf(lang)` returns it.
 */
export { languageOf, languages, messages, perLanguage, plural } from './catalogue'
export type { Catalogue, LanguageCode, PluralForms, Translation } from './catalogue'
export { formats } from './formats'
export type { Formats, Moment } from './formats'
export { closestLang, Localised } from './localised'
export { directionOf, languageNames } from './direction'
