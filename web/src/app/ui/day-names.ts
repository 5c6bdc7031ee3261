/** Calendar days as a language writes them. */
import { perLanguage } from '../../strings'

export interface DayNames {
  /** `21 Nov`. */
  readonly tick: (day: string) => string
  /** `Sat, 21 Nov 2026`. */
  readonly name: (day: string) => string
}

/** A day is read as one of UTC: read as local midnight, it would be the day before west of Greenwich. */
export const dayNames = perLanguage((lang): DayNames => {
  // a plain "en" is written in British words, here as everywhere
  const tag = lang === 'en' || lang === '' ? 'en-GB' : lang
  const tick = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const name = new Intl.DateTimeFormat(tag, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
  return {
    tick: (day) => tick.format(new Date(`${day}T00:00:00Z`)),
    name: (day) => name.format(new Date(`${day}T00:00:00Z`)),
  }
})
