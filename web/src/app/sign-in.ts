import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { claimsOf } from '../sdk/claims'
import type { Tokens } from '../api/tokens'
import { Localised } from '../strings'
import { strings } from './strings'
import { base } from './ui/base'
import { logo } from './ui/logo'
import { signInCard } from './ui/sign-in-card'

/** Why a person has to sign in: there was nothing, a token that the service no longer takes, or a link that is no good. */
export type Cause = 'none' | 'expired' | 'linkBad'

/** The page shown without a token, or with one that is no longer valid. */
@customElement('page-sign-in')
export class PageSignIn extends LitElement {
  static override styles = [
    base,
    signInCard,
    css`
      .failed {
        color: var(--playhead-danger);
        font-size: 0.875rem;
      }
      textarea {
        font-family: ui-monospace, monospace;
        font-size: 0.8125rem;
        resize: vertical;
      }
    `,
  ]

  @property({ attribute: false }) tokens!: Tokens
  @property({ attribute: false }) cause: Cause = 'none'

  @state() private bad = false

  private readonly local = new Localised(this, strings)

  override render() {
    const { t } = this.local
    return html`<main>
      <form class="card" @submit=${this.#onSubmit}>
        ${logo()}
        <div class="stack" style="--gap: 8px">
          <h1>${t.signInTitle}</h1>
          <p class="muted" role=${this.cause === 'linkBad' ? 'alert' : nothing}>
            ${{ none: t.signInText, expired: t.signedOutText, linkBad: t.linkBadText }[this.cause]}
          </p>
          <p class="muted small">${t.signInLocal}</p>
        </div>
        <label class="field">
          ${t.signInToken}
          <textarea
            name="token"
            rows="4"
            autocomplete="off"
            spellcheck="false"
            required
            aria-describedby="bad"
          ></textarea>
        </label>
        <span id="bad" class="failed" role="alert">${this.bad ? t.signInBad : nothing}</span>
        <button class="button primary">${t.signInAction}</button>
      </form>
    </main>`
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault()
    const given = new FormData(event.target as HTMLFormElement).get('token')
    const token = typeof given === 'string' ? given.trim() : ''
    this.bad = claimsOf(token) === null
    if (this.bad) return
    this.tokens.keep(token)
    location.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-sign-in': PageSignIn
  }
}
