/** The settings as texts of a form, and what a change of them does. */
import type { components } from '../../../api/schema'

export type Settings = components['schemas']['OrganisationSettingsAnswer']
type Name = Settings['unset'][number]
/** What was typed or chosen, by field; '' is the default. */
export type Typed = Readonly<Record<Name, string>>
/** A body of `PUT /api/org/settings`; of a text that is no number the service says what is wrong. */
export type SettingsBody = Readonly<Record<Name, string | number | boolean | null>>

export const numbers = ['inactiveDays', 'behindPoints', 'behindMinimumTeam', 'newcomerDays'] as const
const policy: readonly Name[] = ['completionThreshold', 'evidence', 'countHidden']

/** The form of settings as they are stored. */
export function typedOf(settings: Settings): Typed {
  const text = (name: Name): string => {
    if (settings.unset.includes(name)) return ''
    return name === 'completionThreshold' ? percentOf(settings.completionThreshold) : String(settings[name])
  }
  return {
    timeZone: text('timeZone'),
    completionThreshold: text('completionThreshold'),
    evidence: text('evidence'),
    countHidden: text('countHidden'),
    inactiveDays: text('inactiveDays'),
    behindPoints: text('behindPoints'),
    behindMinimumTeam: text('behindMinimumTeam'),
    newcomerDays: text('newcomerDays'),
  }
}

/** A share in per cent, without the fraction that binary numbers add. */
export function percentOf(share: number): string {
  return String(Math.round(share * 1000) / 10)
}

/** The request that stores a form. */
export function bodyOf(typed: Typed): SettingsBody {
  const number = (text: string): number | null => (text.trim() === '' ? null : Number(text))
  const threshold = number(typed.completionThreshold)
  return {
    timeZone: typed.timeZone === '' ? null : typed.timeZone,
    completionThreshold: threshold === null ? null : Math.round(threshold * 1000) / 100_000,
    evidence: typed.evidence === '' ? null : typed.evidence,
    countHidden: typed.countHidden === '' ? null : typed.countHidden === 'true',
    inactiveDays: number(typed.inactiveDays),
    behindPoints: number(typed.behindPoints),
    behindMinimumTeam: number(typed.behindMinimumTeam),
    newcomerDays: number(typed.newcomerDays),
  }
}

export type Consequence = 'policyChanges' | 'zoneChanges' | 'numberChanges'

/** What storing `after` in place of `before` sets off. */
export function consequences(before: Typed, after: Typed): readonly Consequence[] {
  const differs = (names: readonly Name[]): boolean => names.some((name) => before[name] !== after[name])
  const found: readonly (readonly [Consequence, boolean])[] = [
    ['policyChanges', differs(policy)],
    ['zoneChanges', differs(['timeZone'])],
    ['numberChanges', differs(numbers)],
  ]
  return found.flatMap(([consequence, holds]) => (holds ? [consequence] : []))
}

/** Every zone that the browser knows by name, UTC first. */
export function zones(chosen: string): readonly string[] {
  return [...new Set(['UTC', ...(chosen === '' ? [] : [chosen]), ...Intl.supportedValuesOf('timeZone')])]
}
