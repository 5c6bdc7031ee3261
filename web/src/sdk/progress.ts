/** Reading how far a person has got. */

import { messageOf, PlayheadError } from './errors'
import { NamelessTokenError } from './identity'
import { parsed, problemOf } from './outcome'
import type { Tokens } from './tokens'
import type { Answer, Transport } from './transport'
import type { Progress } from './types'

/**
 * Progress with one item; the token is renewed once.
 * @throws PlayheadError of the kind `network`, `refused` or `unauthorised`.
 */
export async function fetchProgress(
  transport: Transport,
  tokens: Tokens,
  contentId: string,
): Promise<Progress> {
  const path = `/api/progress/${encodeURIComponent(contentId)}`
  const answer = await asked(async () => {
    const first = await transport.get(path, (await tokens.current()).value)
    return first.status === 401 ? transport.get(path, (await tokens.renew()).value) : first
  })
  const body = parsed(answer.text)
  if (answer.status === 200 && isProgress(body)) return body
  const problem = problemOf(answer.status, body)
  throw new PlayheadError({ kind: kindOf(answer.status), message: problem.detail, problem })
}

async function asked(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    const kind = error instanceof NamelessTokenError ? 'unauthorised' : 'network'
    throw new PlayheadError({ kind, message: messageOf(error) })
  }
}

function kindOf(status: number): 'network' | 'refused' | 'unauthorised' {
  if (status === 401) return 'unauthorised'
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'network'
}

function isProgress(body: unknown): body is Progress {
  return typeof body === 'object' && body !== null && 'progressPercentage' in body && 'metadata' in body
}
