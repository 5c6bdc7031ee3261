/** The typed catalogue: one object of messages per language, English giving the keys. */

/** The languages every catalogue has, English first since it is the fallback. */
export const languages = ['en', 'de', 'es', 'ar'] as const
export type LanguageCode = (typeof languages)[number]

/** A message: text, or a function of what the text depends on. */
type Message = string | ((...parameters: never[]) => string)
type MessagesOf<M> = { readonly [Key in keyof M]: Message }

/** What a translation of `M` must be: every key, and the same parameters. */
export type Translation<M> = {
  readonly [Key in keyof M]: M[Key] extends (...parameters: infer P) => string
    ? (...parameters: P) => string
    : string
}

/** A catalogue of one area of the pages: a language tag (`de`, `de-AT`, …) in, its messages out. */
export type Catalogue<M> = (lang: string) => Translation<M>

/** Makes a catalogue; a key missing, or one too many, in a translation does not compile. */
export function messages<M extends MessagesOf<M>>(
  all: { readonly en: M } & Record<Exclude<LanguageCode, 'en'>, Translation<NoInfer<M>>>,
): Catalogue<M> {
  const byCode = all as Record<LanguageCode, Translation<M>>
  return (lang) => byCode[languageOf(lang)]
}

/** The language we have for a BCP 47 tag: its primary language, or English when we do not speak it. */
export function languageOf(tag: string): LanguageCode {
  const primary = tag.toLowerCase().split('-', 1)[0]
  return languages.find((code) => code === primary) ?? 'en'
}

/** The forms of a plural; `other` stands in for those a language has no use for. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string }

/** The form that `lang` wants for `count`, with every `#` in it replaced by the number as `lang` writes it. */
export function plural(lang: LanguageCode, count: number, forms: PluralForms): string {
  const form = forms[pluralRules(lang).select(count)] ?? forms.other
  return form.replaceAll('#', pluralNumber(lang).format(count))
}

const pluralRules = perLanguage((lang) => new Intl.PluralRules(lang))
const pluralNumber = perLanguage((lang) => new Intl.NumberFormat(lang))

/** Intl's objects are dear to make (tens of microseconds) and are asked for in every row of every table. */
export function perLanguage<T>(make: (lang: string) => T): (lang: string) => T {
  const made = new Map<string, T>()
  return (lang) => {
    const known = made.get(lang)
    if (known !== undefined) return known
    const fresh = make(lang)
    made.set(lang, fresh)
    return fresh
  }
}
