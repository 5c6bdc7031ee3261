/** The bearer token at hand, and getting another. */

import { identified, type Token } from './identity'

type Source = string | (() => string | Promise<string>)

/** Remembers the token; the host is asked for one at first, and again when the server has refused it. */
export class Tokens {
  readonly #source: Source
  readonly #endpoint: string
  #asking: Promise<Token> | null = null
  #last: Token | null = null

  constructor(source: Source, endpoint: string) {
    this.#source = source
    this.#endpoint = endpoint
  }

  /** The last token there was: on leaving there is no time to ask. */
  get last(): Token | null {
    return this.#last
  }

  /**
   * The token at hand.
   * @throws NamelessTokenError, or whatever the host's callback throws.
   */
  async current(): Promise<Token> {
    return this.#last ?? this.renew()
  }

  /** Another token; a host that gave a string has only that one. Several calls at once ask once. Throws as `current`. */
  renew(): Promise<Token> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #ask(): Promise<Token> {
    const value = typeof this.#source === 'string' ? this.#source : await this.#source()
    this.#last = identified(value, this.#endpoint)
    return this.#last
  }
}
