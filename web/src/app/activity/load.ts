/** A person's days, as the API gives them. */
import type { Api } from '../../api/client'
import { Failure } from '../../api/failure'
import type { PersonDays } from '../../api/types'

export interface LoadedDays extends PersonDays {
  /** The viewer's zone, where the API does not know it; null otherwise. */
  readonly unknownZone: string | null
}

/** The time zone of this device; '' where the browser has none. */
export function viewersZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** One's own days, of the viewer's zone; of the organisation's where the API does not know that. Raises `Failure`. */
export async function loadOwnDays(api: Api, zone = viewersZone()): Promise<LoadedDays> {
  if (zone === '') return { ...(await load(api, {})), unknownZone: null }
  try {
    return { ...(await load(api, { timeZone: zone })), unknownZone: null }
  } catch (reason) {
    if (!refusesZone(reason)) throw reason
    return { ...(await load(api, {})), unknownZone: zone }
  }
}

/** Another person's days, of the organisation's zone. Raises `Failure`. */
export async function loadDaysOf(api: Api, userId: string): Promise<LoadedDays> {
  return { ...(await load(api, { userId })), unknownZone: null }
}

function load(api: Api, query: { userId?: string; timeZone?: string }): Promise<PersonDays> {
  return api.read(api.client.GET('/api/progress/days', { params: { query } }))
}

function refusesZone(reason: unknown): boolean {
  return reason instanceof Failure && reason.kind === 'invalid'
}
