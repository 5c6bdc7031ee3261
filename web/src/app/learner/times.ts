/** Days and times of day as a language writes them, where the shared formats have none. */
import { languageOf, perLanguage } from '../../strings'
import { localDay, midnightOf } from './days'

interface Writing {
  readonly weekday: Intl.DateTimeFormat
  readonly time: Intl.DateTimeFormat
}

const writing = perLanguage((lang): Writing => {
  const code = languageOf(lang)
  const tag = code === 'en' ? 'en-GB' : code // as the shared formats: British for plain English
  return {
    weekday: new Intl.DateTimeFormat(tag, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
    }),
    time: new Intl.DateTimeFormat(tag, { timeStyle: 'short' }),
  }
})

/** `Sunday, 22 November 2026`. */
export function weekday(moment: Date, lang: string): string {
  return writing(lang).weekday.format(moment)
}

/** `14:05 – 14:25`. */
export function timeSpan(from: string, to: string, lang: string): string {
  return writing(lang).time.formatRange(new Date(from), new Date(to))
}

/** A local day in words: today, yesterday, or its date. */
export function dayName(
  day: string,
  now: Date,
  t: { readonly today: string; readonly yesterday: string },
  lang: string,
): string {
  if (day === localDay(now)) return t.today
  const midnight = midnightOf(day) ?? now
  const before = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  return day === localDay(before) ? t.yesterday : weekday(midnight, lang)
}
