/** Numbers, times and dates as a language writes them. Nothing here reads the clock: `now` is passed in. */
import { languageOf, perLanguage } from './catalogue'

/** A moment, as the API gives it (RFC 3339) or as a Date. */
export type Moment = Date | string

const noBreakSpace = '\u00A0'
const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** The formats of one language. */
export interface Formats {
  /** `1,234.5`: at most one decimal by default. */
  number(value: number, options?: Intl.NumberFormatOptions): string
  /** 75 → `75 %`. Takes 0–100, and rounds down: 99.9 is not yet 100. */
  percent(value: number): string
  /** Seconds → `12:34`, `1:02:03`. */
  clock(seconds: number): string
  /** Seconds → `12 minutes 34 seconds`, for the ear. */
  duration(seconds: number): string
  /** Seconds → `12 min`, `1 hr, 5 min`, for the eye: rounded up to whole minutes, seconds below one minute. */
  shortDuration(seconds: number): string
  /** `22 Nov 2026`. */
  date(moment: Moment): string
  /** `22 Nov 2026, 14:05`. */
  dateTime(moment: Moment): string
  /** `now`, `5 minutes ago`, `yesterday`, `in 3 days`. */
  relative(moment: Moment, now: Date): string
  /** `a, b, and c`. */
  list(parts: readonly string[]): string
}

/** The formats of a language tag; a language without messages, or a malformed tag, gets those of English. */
export const formats: (lang: string) => Formats = perLanguage((lang) => makeFormats(localeOf(lang)))

/** The region counts where its digits are those that `plural` writes too: `ar-EG` would write two kinds of digits. */
function localeOf(lang: string): string {
  const code = languageOf(lang)
  if (code === 'ar') return code
  const wanted = lang.toLowerCase().startsWith(code) && lang.length > code.length ? lang : regional[code]
  try {
    return Intl.NumberFormat.supportedLocalesOf([wanted])[0] ?? regional[code]
  } catch {
    return regional[code] // a malformed tag is the page's slip and no reason to show nothing
  }
}

// A page in plain "en" is written in British words, so its dates are British; who wants American ones says en-US.
const regional = { en: 'en-GB', de: 'de', es: 'es' }

function makeFormats(tag: string): Formats {
  const plain = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 })
  const percentage = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 0 })
  const dates = new Intl.DateTimeFormat(tag, { dateStyle: 'medium' })
  const dateTimes = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' })
  const relatives = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' })
  const enumeration = new Intl.ListFormat(tag, { type: 'conjunction' })
  return {
    number: (value, options) => (options ? new Intl.NumberFormat(tag, options) : plain).format(value),
    percent: (value) => spaced(percentage.format(Math.floor(value) / 100)),
    clock: clock(tag),
    duration: spelledOut(tag, 'long', 'narrow'),
    shortDuration: (seconds) => spelledOut(tag, 'short', 'narrow')(wholeMinutes(seconds)),
    date: (moment) => dates.format(new Date(moment)),
    dateTime: (moment) => dateTimes.format(new Date(moment)),
    relative: (moment, now) => relative(relatives, new Date(moment), now),
    list: (parts) => enumeration.format(parts),
  }
}

/** English alone writes `75%`; the pages show one style in every language. */
function spaced(text: string): string {
  return text.replace(/(\d)%/u, `$1${noBreakSpace}%`)
}

function clock(tag: string): (seconds: number) => string {
  const one = new Intl.NumberFormat(tag, { useGrouping: false })
  const two = new Intl.NumberFormat(tag, { useGrouping: false, minimumIntegerDigits: 2 })
  return (seconds) => {
    const [hours, minutes, rest] = parts(seconds)
    const tail = [two.format(rest)]
    if (hours === 0) return [one.format(minutes), ...tail].join(':')
    return [one.format(hours), two.format(minutes), ...tail].join(':')
  }
}

function spelledOut(tag: string, unitDisplay: 'long' | 'short', style: Intl.ListFormatStyle) {
  const joined = new Intl.ListFormat(tag, { type: 'unit', style })
  const [hours, minutes, seconds] = (['hour', 'minute', 'second'] as const).map(
    (unit) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay }),
  ) as [Intl.NumberFormat, Intl.NumberFormat, Intl.NumberFormat]
  return (total: number): string => {
    const [h, m, s] = parts(total)
    const said = [h > 0 && hours.format(h), m > 0 && minutes.format(m), s > 0 && seconds.format(s)]
    const some = said.filter((text) => text !== false)
    return some.length > 0 ? joined.format(some) : seconds.format(0)
  }
}

/** Whole hours, minutes and seconds; what is no length of time (NaN, Infinity, negative) counts as none. */
function parts(seconds: number): [number, number, number] {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0
  return [Math.floor(whole / hour), Math.floor((whole % hour) / minute), whole % minute]
}

function wholeMinutes(seconds: number): number {
  return seconds < minute ? seconds : Math.ceil(seconds / minute) * minute
}

/** From a day on it counts calendar days of the reader's time zone: 25 hours ago may be two days by the calendar. */
function relative(words: Intl.RelativeTimeFormat, moment: Date, now: Date): string {
  const seconds = (moment.getTime() - now.getTime()) / 1000
  const distance = Math.abs(seconds)
  if (distance < 45) return words.format(0, 'second')
  if (distance < hour) return words.format(Math.trunc(seconds / minute) || Math.sign(seconds), 'minute')
  if (distance < day) return words.format(Math.trunc(seconds / hour), 'hour')
  const days = Math.round((midnight(moment) - midnight(now)) / 1000 / day)
  if (Math.abs(days) < 14) return words.format(days, 'day')
  if (Math.abs(days) < 60) return words.format(Math.trunc(days / 7), 'week')
  if (Math.abs(days) < 365) return words.format(Math.trunc(days / 30), 'month')
  return words.format(Math.trunc(days / 365), 'year')
}

function midnight(moment: Date): number {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime()
}
