/** What an answer of the server means for the heartbeats that were sent. Pure. */

import { retryAfter } from './backoff'
import type { Problem } from './types'

export interface Rejection {
  readonly index: number
  readonly problem: Problem
}

/** Every outcome of sending; what to do about each is in `sender`. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly rejected: readonly Rejection[]; readonly serverTime?: string }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'unauthorised'; readonly problem: Problem }
  | {
      readonly kind: 'wait'
      readonly seconds: number | null
      readonly message: string
      readonly problem?: Problem
    }

/** No retry would mend these; on all else the server asks to keep the heartbeat. */
const FINAL = new Set([400, 413, 415, 422])

/** The outcome that an answer stands for. `text` is its body, `now` ms since 1970. */
export function judge(status: number, retry: string | null, text: string, now: number): Outcome {
  const body = parsed(text)
  if (status >= 200 && status < 300) return accepted(body)
  const problem = problemOf(status, body)
  if (status === 401) return { kind: 'unauthorised', problem }
  if (FINAL.has(status)) return { kind: 'refused', problem }
  return { kind: 'wait', seconds: retryAfter(retry, now), message: problem.detail, problem }
}

/** The server's problem, or one made of the status where something else answered. */
export function problemOf(status: number, body: unknown): Problem {
  if (isRecord(body) && typeof body['title'] === 'string' && typeof body['detail'] === 'string') {
    return { type: 'about:blank', ...body, status } as Problem
  }
  const detail = `The service answered with status ${status}.`
  return { type: 'about:blank', title: 'Unexpected answer', status, detail }
}

function accepted(body: unknown): Outcome {
  if (!isRecord(body) || typeof body['accepted'] !== 'number') {
    // A hotel's sign-in page answers 200 to everything; what it swallowed is not saved.
    return { kind: 'wait', seconds: null, message: 'Something else answered in place of the service.' }
  }
  const rejected = Array.isArray(body['rejected']) ? body['rejected'].filter(isRejection) : []
  const { serverTime } = body
  return {
    kind: 'accepted',
    rejected: rejected.map(rejection),
    ...(typeof serverTime === 'string' && { serverTime }),
  }
}

function isRejection(value: unknown): value is { index: number; reason: string; field?: string } {
  return isRecord(value) && typeof value['index'] === 'number' && typeof value['reason'] === 'string'
}

function rejection({ index, reason, field }: { index: number; reason: string; field?: string }): Rejection {
  const problem: Problem = { type: 'about:blank', title: 'Invalid heartbeat', status: 422, detail: reason }
  if (field !== undefined) problem.errors = [{ field, reason }]
  return { index, problem }
}

/** JSON, or null where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // what is not JSON is not the service's answer: judged by its status
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
