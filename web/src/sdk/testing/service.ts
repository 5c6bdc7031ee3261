/** A service on loopback that answers as ingest does, unless a test sets another answer; and tokens for it. */

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { HeartbeatBody } from '../heartbeat'
import { progressOf } from './page'

/** A request as it came in. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** ms, by a clock that tests do not move. */
  readonly at: number
}

/** An answer other than the usual. */
export interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

/** A token of this person; what it is signed with is the server's affair. */
export function tokenOf(sub: string, tenant = 'acme'): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256' })}.${part({ sub, tenant, name: 'Zoë ÿ' })}.signature`
}

/** The service. Close it when done. */
export class Service {
  readonly received: Received[] = []
  /** Decides on a request; undefined is the usual answer. */
  answer: (request: Received) => Answer | undefined = () => undefined
  /** What its clock shows. */
  now = (): number => Date.now()
  readonly #server: Server
  #waiting: (() => void)[] = []

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  /** On a port, where it is to come back on the same. */
  static async start(port = 0): Promise<Service> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const service = new Service(server)
    server.on('request', (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request
        const received = {
          method,
          path,
          headers,
          text: Buffer.concat(chunks).toString(),
          at: Number(process.hrtime.bigint() / 1_000_000n),
        }
        service.received.push(received)
        const { status, headers: more, body } = service.answer(received) ?? service.#usual(received)
        response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close', ...more })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
        for (const arrived of service.#waiting.splice(0)) arrived()
      })
    })
    return service
  }

  readonly port: number

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** The heartbeats of all requests that saved, in order. */
  get heartbeats(): HeartbeatBody[] {
    return this.saves.flatMap(({ text }) => heartbeatsIn(text))
  }

  get saves(): Received[] {
    return this.received.filter(({ method }) => method === 'POST')
  }

  /** Until so many requests to save have come. */
  async saving(count: number): Promise<void> {
    while (this.saves.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #usual({ method, path, text }: Received): Answer {
    if (method === 'GET') return { status: 200, body: progressOf() }
    const heartbeats = heartbeatsIn(text)
    const answered = { serverTime: new Date(this.now()).toISOString(), adjusted: [] }
    if (path === '/api/progress')
      return {
        status: 202,
        body: { heartbeatId: heartbeats[0]?.heartbeatId, accepted: 1, ...answered },
      }
    return { status: 202, body: { accepted: heartbeats.length, rejected: [], ...answered } }
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) =>
      this.#server.close(() => {
        resolve()
      }),
    )
  }
}

/** The heartbeats of a body. */
export function heartbeatsIn(text: string): HeartbeatBody[] {
  const body = JSON.parse(text) as HeartbeatBody | { heartbeats: HeartbeatBody[] }
  return 'heartbeats' in body ? body.heartbeats : [body]
}
