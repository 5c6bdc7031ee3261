/**
 * Where the pages' bearer token comes from: a sign-in link's fragment, which no server and no log ever sees, kept for
 * as long as the tab lives; or, in a frame, the page around it, which is asked whenever a token is needed anew.
 */
import { claimsOf } from '../sdk/claims'

const STORED = 'playhead.token'
/** How long the page around a frame may take to hand over a token. */
const HOST_MILLISECONDS = 5_000

/** What an embedding page answers `{ type: 'playhead:token-needed' }` with. */
interface TokenMessage {
  readonly type: 'playhead:token'
  readonly token: string
}

/** Tokens of this tab. */
export class Tokens {
  #refused: string | null = null

  constructor(private readonly page: Window) {
    this.#takeFragment()
    // a second sign-in link opened in this very tab changes the fragment, and loads nothing
    page.addEventListener('hashchange', () => {
      if (this.#takeFragment()) page.location.reload()
    })
  }

  /** The token to send; in a frame that has none, or whose token was refused, the host's. Null: nobody is signed in. */
  async current(): Promise<string | null> {
    const stored = this.page.sessionStorage.getItem(STORED)
    if (stored !== null && stored !== this.#refused) return stored
    const asked = await this.#askHost()
    if (asked !== null) this.keep(asked)
    return asked
  }

  keep(token: string): void {
    this.page.sessionStorage.setItem(STORED, token)
  }

  /** The service took `token` no longer. True where there is hope of another. */
  refuse(token: string | null): boolean {
    this.#refused = token
    return this.#embedded
  }

  forget(): void {
    this.page.sessionStorage.removeItem(STORED)
  }

  get #embedded(): boolean {
    return this.page.parent !== this.page
  }

  #takeFragment(): boolean {
    const { location, history } = this.page
    const token = new URLSearchParams(location.hash.slice(1)).get('token')
    if (token === null || claimsOf(token) === null) return false
    this.keep(token)
    history.replaceState(history.state, '', location.pathname + location.search)
    return true
  }

  /** Who may frame these pages, the service's `frame-ancestors` says; so the parent is one that may be asked. */
  async #askHost(): Promise<string | null> {
    if (!this.#embedded) return null
    const { page } = this
    return new Promise((resolve) => {
      const settle = (token: string | null): void => {
        page.clearTimeout(timer)
        page.removeEventListener('message', listen)
        resolve(token)
      }
      const listen = (event: MessageEvent<unknown>): void => {
        if (event.source === page.parent && isTokenMessage(event.data)) settle(event.data.token)
      }
      const timer = page.setTimeout(() => {
        settle(null)
      }, HOST_MILLISECONDS)
      page.addEventListener('message', listen)
      page.parent.postMessage({ type: 'playhead:token-needed' }, '*')
    })
  }
}

function isTokenMessage(data: unknown): data is TokenMessage {
  return (
    typeof data === 'object' &&
    data !== null &&
    'type' in data &&
    data.type === 'playhead:token' &&
    'token' in data &&
    typeof data.token === 'string'
  )
}
