/**
 * Sign-in links: `#code=…`, a code that is good once, which is exchanged for a token. What is in an address stays in the
 * browser's history, whatever a page replaces it by; a used code is of no use there.
 */
import { Failure, failureOf, failureOfThrown } from './failure'

/** How long other tabs have to say that they are signed in by the code. */
const TABS_MILLISECONDS = 500
const CHANNEL = 'playhead.sign-in'
/** What tabs of one browser say to one another. */
type TabMessage =
  | { readonly type: 'asked'; readonly code: string }
  | { readonly type: 'answered'; readonly code: string; readonly token: string }

/** Whether the address has something to sign in by. */
export function hasCode({ location }: Pick<Window, 'location'>): boolean {
  return new URLSearchParams(location.hash.slice(1)).has('code')
}

/** The code in the address, and none left in it; null where there is none. */
export function takeCode({ location, history }: Pick<Window, 'location' | 'history'>): string | null {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const code = fragment.get('code')
  if (code === null && !fragment.has('token')) return null
  // links with a token in them are taken no longer, and it is not to stay in sight
  history.replaceState(history.state, '', location.pathname + location.search)
  return code
}

/**
 * The code's token. A code that was used by a tab of this browser which is still signed in by it gives that tab's: the
 * same link was followed twice. Raises `Failure`; a used or unknown code is `signedOut`.
 */
export async function exchange(code: string, origin: string): Promise<string> {
  const answer = await fetch(`${origin}/api/sign-in`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
  }).catch((reason: unknown) => {
    throw failureOfThrown(reason)
  })
  const body: unknown = await answer.json().catch(() => null)
  if (answer.ok && isSignedIn(body)) return body.token
  const token = answer.status === 410 ? await tokenOfTab(code) : null
  if (token !== null) return token
  const failure = failureOf(answer.status, body, answer.headers.get('Retry-After'))
  if (answer.status !== 410 && answer.status !== 422) throw failure
  throw new Failure('signedOut', failure.message, failure.problem)
}

/** Answer other tabs of this browser that are opened by the link which this one is signed in by. */
export function answerTabs(tokens: { keptBy(code: string): string | null }): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
    const token = data.type === 'asked' ? tokens.keptBy(data.code) : null
    if (token === null) return
    channel.postMessage({ type: 'answered', code: data.code, token } satisfies TabMessage)
  })
}

/** The token of a tab that is signed in by the code, which may be this one: a channel is heard by other channels of its page too. */
async function tokenOfTab(code: string): Promise<string | null> {
  const channel = new BroadcastChannel(CHANNEL)
  const token = await new Promise<string | null>((resolve) => {
    setTimeout(() => {
      resolve(null)
    }, TABS_MILLISECONDS)
    channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
      if (data.type === 'answered' && data.code === code) resolve(data.token)
    })
    channel.postMessage({ type: 'asked', code } satisfies TabMessage)
  })
  channel.close()
  return token
}

function isSignedIn(body: unknown): body is { readonly token: string } {
  return typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string'
}
