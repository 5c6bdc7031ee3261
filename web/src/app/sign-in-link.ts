/** Signing in by a link: a signed-in person is asked before another takes their place. */
import { html, LitElement, render, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { exchange } from '../api/sign-in'
import { Failure } from '../api/failure'
import type { Tokens } from '../api/tokens'
import type { Me } from '../api/types'
import { claimsOf, organisationOf } from '../sdk/claims'
import { Localised } from '../strings'
import { language } from './preferences'
import { strings } from './strings'
import { base } from './ui/base'
import { failed } from './ui/failed'
import { logo } from './ui/logo'
import { signInCard } from './ui/sign-in-card'
import './ui/skeleton'

/** Follow the link with this code. False where it is no good, and the person signed in, if any, goes on as they were. */
export async function followLink(code: string, tokens: Tokens, origin: string): Promise<boolean> {
  const token = await exchanged(code, origin)
  const { kept } = tokens
  const now = kept === null || isOver(kept) ? null : kept
  if (now !== null && (token === null || !isSamePerson(now, token))) {
    const current = await nameOf(now, origin)
    const other = token === null ? null : await nameOf(token, origin)
    if ((await asked(current, other)) === 'stay') return token !== null
  }
  if (token === null) return false
  tokens.keep(token, code)
  return true
}

/** The code's token; null where it has none any more. Asks until the service says either. */
async function exchanged(code: string, origin: string): Promise<string | null> {
  render(html`<ui-skeleton></ui-skeleton>`, document.body)
  try {
    return await exchange(code, origin)
  } catch (reason) {
    if (reason instanceof Failure && reason.kind === 'signedOut') return null
    await new Promise<void>((resolve) => {
      render(failed(reason, language(), resolve), document.body)
    })
    return exchanged(code, origin)
  }
}

/** What the person signed in wants: to stay, or to be the other. */
async function asked(current: string, other: string | null): Promise<'stay' | 'change'> {
  return new Promise((resolve) => {
    const answer = ({ detail }: CustomEvent<'stay' | 'change'>): void => {
      resolve(detail)
    }
    render(
      html`<page-sign-in-link
        .current=${current}
        .other=${other}
        @link-answer=${answer}
      ></page-sign-in-link>`,
      document.body,
    )
  })
}

/** By the directory, or else by id. */
async function nameOf(token: string, origin: string): Promise<string> {
  const headers = { Authorization: `Bearer ${token}` }
  try {
    const me = (await (await fetch(`${origin}/api/me`, { headers })).json()) as Partial<Me>
    if (typeof me.displayName === 'string') return me.displayName
  } catch {
    // no name is to be had, and the question can be asked without
  }
  const id = claimsOf(token)?.sub
  return typeof id === 'string' ? id : ''
}

function isSamePerson(one: string, other: string): boolean {
  const [a, b] = [claimsOf(one), claimsOf(other)]
  return (
    a?.sub === b?.sub && JSON.stringify(organisationOf(a ?? {})) === JSON.stringify(organisationOf(b ?? {}))
  )
}

function isOver(token: string): boolean {
  const exp = claimsOf(token)?.exp
  return typeof exp === 'number' && exp * 1000 < Date.now()
}

/** The question, or what there is to say of a link that is no good. `link-answer` reports the choice. */
@customElement('page-sign-in-link')
export class PageSignInLink extends LitElement {
  static override styles = [base, signInCard]

  /** The name of the person who is signed in. */
  @property() current = ''
  /** The name of the person whose link it is; null where it is no good. */
  @property({ attribute: false }) other: string | null = null

  private readonly local = new Localised(this, strings)

  override render(): TemplateResult {
    const { t } = this.local
    const { current, other } = this
    return html`<main>
      <div class="card">
        ${logo()}
        <div class="stack" style="--gap: 8px">
          <h1>${other === null ? t.linkBadTitle : t.linkOtherTitle}</h1>
          <p class="muted">${other === null ? t.linkBadText : t.linkOtherText(current, other)}</p>
        </div>
        <button class="button primary" @click=${this.#onStay}>${t.linkStay(current)}</button>
        ${
          other === null
            ? ''
            : html`<button class="button" @click=${this.#onChange}>${t.linkChange(other)}</button>`
        }
      </div>
    </main>`
  }

  #answer(detail: 'stay' | 'change'): void {
    this.dispatchEvent(new CustomEvent('link-answer', { detail }))
  }

  readonly #onStay = (): void => {
    this.#answer('stay')
  }

  readonly #onChange = (): void => {
    this.#answer('change')
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-sign-in-link': PageSignInLink
  }
}
