import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import '../components'
import type { PlayheadToast } from '../components'
import type { SavingState } from '../sdk'
import { Localised } from '../strings'
import './account'
import { Arrival } from './arrival'
import { figuresLink } from './figures/link'
import { destinations, isAt } from './navigation'
import './missing-module'
import { Router } from './router'
import { pages } from './routes'
import type { Services } from './services'
import { shellStyles } from './shell-styles'
import { strings } from './strings'
import { base } from './ui/base'
import { icon } from './ui/icon'
import { logo } from './ui/logo'
import './ui/state'

/** The most names that fit the width of a phone. */
const MOST_NAMED = 5

/** The frame around every page: where one may go, who one is, and whether what one watches is being saved. */
@customElement('playhead-app')
export class PlayheadApp extends LitElement {
  static override styles = [base, shellStyles]

  @property({ attribute: false }) services!: Omit<Services, 'go' | 'notify' | 'title'>

  /** Whether the token is no longer taken. */
  @property({ type: Boolean, attribute: 'signed-out' }) signedOut = false

  @state() private offline = !navigator.onLine
  @state() private unsaved = false

  @query('main') private readonly main!: HTMLElement
  @query('playhead-toast') private readonly toast!: PlayheadToast

  private readonly local = new Localised(this, strings)
  readonly #arrival = new Arrival(() => this.main)
  readonly #router = new Router(this, pages, this.#arrival)
  #handedDown: { readonly number: number; readonly services: Services } | null = null
  #titled = 0

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('online', this.#onConnection)
    addEventListener('offline', this.#onConnection)
    this.#arrival.connect()
    const { playhead } = this.services
    playhead.addEventListener('saving', this.#onSaving)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('online', this.#onConnection)
    removeEventListener('offline', this.#onConnection)
    this.#arrival.disconnect()
    const { playhead } = this.services
    playhead.removeEventListener('saving', this.#onSaving)
  }

  override willUpdate(): void {
    const number = this.#router.visit?.number ?? 0
    if (number === this.#titled) return
    this.#titled = number
    this.#handed.title('') // until the page has said what it is called
  }

  override render() {
    const { t } = this.local
    const offered = destinations(this.services.me)
    const { visit, loading } = this.#router
    const path = visit?.path ?? location.pathname
    return html`<header>
        <button class="button skip" @click=${this.#onSkip}>${t.skip}</button>
        <div class="bar">
          <a class="home" href="/">${logo()}</a>
          <nav aria-label=${t.mainNavigation} class=${offered.length > MOST_NAMED ? 'crowded' : ''}>
            ${offered.map(
              (each) =>
                html`<a href=${each.path} aria-current=${isAt(path, each) ? 'page' : nothing}
                  >${icon(each.icon)}<span>${t[each.label]}</span></a
                >`,
            )}
          </nav>
          <app-account .me=${this.services.me} @account-sign-out=${this.#onSignOut}></app-account>
        </div>
      </header>
      <div role="status">${this.#notice()}</div>
      <main id="content" tabindex="-1" aria-busy=${loading}>
        <div class="content">
          ${this.#page()} ${visit?.page == null ? nothing : figuresLink(path, this.local.lang)}
        </div>
      </main>
      <playhead-toast></playhead-toast>`
  }

  #notice(): unknown {
    const { t } = this.local
    if (this.signedOut) {
      return html`<p class="notice">
        ${icon('person')} ${t.signedOutText}
        <button class="button" @click=${this.#onSignIn}>${t.signInAction}</button>
      </p>`
    }
    const text = this.offline ? t.offlineNotice : this.unsaved ? t.unsavedNotice : null
    return text === null ? nothing : html`<p class="notice">${icon('offline')} ${text}</p>`
  }

  #page(): unknown {
    const { visit } = this.#router
    if (visit === null) return nothing
    const { page, parameters, number, failure } = visit
    if (failure !== null) return keyed(number, this.#notLoaded(visit.retried))
    return keyed(number, page === null ? this.#missing() : page.render(this.#handed, parameters))
  }

  #notLoaded(retried: boolean): TemplateResult {
    return html`<missing-module
      .services=${this.#handed}
      .retry=${this.#onRetry}
      ?retried=${retried}
    ></missing-module>`
  }

  #missing(): TemplateResult {
    const { t } = this.local
    this.#handed.title(t.missingTitle)
    return html`<ui-state whole .icon=${'search'} .heading=${t.missingTitle} .text=${t.missingText}>
      <a class="button primary" href="/">${t.home}</a>
    </ui-state>`
  }

  /** The services of this visit: the way around is the shell's own, and a page that was left names nothing any more. */
  get #handed(): Services {
    const number = this.#router.visit?.number ?? 0
    if (this.#handedDown?.number !== number) this.#handedDown = { number, services: this.#handing(number) }
    return this.#handedDown.services
  }

  #handing(number: number): Services {
    return {
      ...this.services,
      go: (path) => {
        this.#router.go(path)
      },
      title: (text) => {
        if (number !== (this.#router.visit?.number ?? 0)) return
        document.title = text === '' ? 'Playhead' : `${text} · Playhead`
      },
      notify: (message, tone) => {
        this.toast.show(message, tone)
        return () => {
          if (this.toast.message === message) this.toast.open = false
        }
      },
    }
  }

  readonly #onRetry = (): void => {
    void this.#router.retry()
  }

  readonly #onSkip = (): void => {
    this.main.focus()
  }

  readonly #onConnection = (): void => {
    this.offline = !navigator.onLine
  }

  readonly #onSaving = ({ detail }: CustomEvent<SavingState>): void => {
    this.unsaved = detail.saving === 'failing'
  }

  readonly #onSignIn = (): void => {
    this.dispatchEvent(new CustomEvent('app-sign-in'))
  }

  readonly #onSignOut = (): void => {
    this.dispatchEvent(new CustomEvent('app-sign-out'))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'playhead-app': PlayheadApp
  }
}
