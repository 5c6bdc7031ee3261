/** Errors that the promises of the SDK reject with. */

import type { PlayheadFailure, Problem } from './types'

/** Says what went wrong as the `error` event does, and carries the server's problem where there is one. */
export class PlayheadError extends Error implements PlayheadFailure {
  readonly kind: PlayheadFailure['kind']
  declare readonly problem?: Problem

  constructor({ kind, message, problem }: PlayheadFailure) {
    super(message)
    this.name = 'PlayheadError'
    this.kind = kind
    if (problem) this.problem = problem
  }
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
