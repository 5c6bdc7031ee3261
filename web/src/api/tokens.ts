/**
 * Where the pages' bearer token is: in this tab, for as long as it lives, once a sign-in link or a person has given it;
 * or, in a frame, with the page around it, which is asked whenever a token is needed anew.
 */
const STORED = 'playhead.token'
/** The code of the link that gave it; used, it is no secret. */
const CODE = 'playhead.code'
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

  constructor(private readonly page: Window) {}

  /** This tab's own token, unless the service has refused it. */
  get kept(): string | null {
    const stored = this.page.sessionStorage.getItem(STORED)
    return stored === this.#refused ? null : stored
  }

  /** The token to send; in a frame that has none, or whose token was refused, the host's. Null: nobody is signed in. */
  async current(): Promise<string | null> {
    const { kept } = this
    if (kept !== null) return kept
    const asked = await this.#askHost()
    if (asked !== null) this.keep(asked)
    return asked
  }

  /** `code` is the sign-in link's that gave it, if one did. */
  keep(token: string, code: string | null = null): void {
    this.page.sessionStorage.setItem(STORED, token)
    if (code === null) this.page.sessionStorage.removeItem(CODE)
    else this.page.sessionStorage.setItem(CODE, code)
  }

  /** This tab's token, if it came by the link with this code. */
  keptBy(code: string): string | null {
    return this.page.sessionStorage.getItem(CODE) === code ? this.kept : null
  }

  /** The service took `token` no longer. True where there is hope of another. */
  refuse(token: string | null): boolean {
    this.#refused = token
    return this.#embedded
  }

  forget(): void {
    this.page.sessionStorage.removeItem(STORED)
    this.page.sessionStorage.removeItem(CODE)
  }

  get #embedded(): boolean {
    return this.page.parent !== this.page
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
