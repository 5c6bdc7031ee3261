import createClient, { type Client } from 'openapi-fetch'
import { Failure, failureOf, failureOfThrown } from './failure'
import type { paths } from './schema'
import type { Tokens } from './tokens'

/** A call's answer as openapi-fetch gives it: data, or what came instead. */
interface Answer<Data> {
  readonly data?: Data
  readonly error?: unknown
  readonly response: Response
}

/** The query API, called with the signed-in person's token. */
export class Api {
  /** Every call of the OpenAPI document, typed by it: its JSON, of the reports that can be had as files too. */
  readonly client: Client<paths, 'application/json'>

  constructor(
    private readonly tokens: Pick<Tokens, 'current' | 'refuse'>,
    private readonly onSignedOut: () => void,
    origin: string,
  ) {
    this.client = createClient<paths, 'application/json'>({
      baseUrl: origin,
      fetch: (request) => this.fetch(request),
    })
  }

  /**
   * `fetch` with the bearer token; a 401 is tried once more where another token can be had.
   * Raises what `fetch` raises.
   */
  async fetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init)
    const again = request.clone()
    const token = await this.tokens.current()
    const answer = await fetch(withToken(request, token))
    if (answer.status !== 401) return answer
    if (this.tokens.refuse(token)) {
      const other = await this.tokens.current()
      if (other !== null && other !== token) return fetch(withToken(again, other))
    }
    this.onSignedOut()
    return answer
  }

  /** The data of a call. Raises `Failure` where there is none. */
  async read<Data>(call: Promise<Answer<Data>>): Promise<Data> {
    const { data, error, response } = await call.catch((reason: unknown) => {
      throw failureOfThrown(reason)
    })
    if (!response.ok) throw failureOf(response.status, error)
    if (data === undefined) throw new Failure('unavailable', `nothing came with HTTP ${response.status}`)
    return data
  }
}

function withToken(request: Request, token: string | null): Request {
  if (token !== null) request.headers.set('Authorization', `Bearer ${token}`)
  return request
}
