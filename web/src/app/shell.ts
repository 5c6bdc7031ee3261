import { Router } from '@lit-labs/router'
import { html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import '../components'
import type { PlayheadToast } from '../components'
import type { SavingState } from '../sdk'
import { Localised } from '../strings'
import './account'
import { destinations, isAt } from './navigation'
import { pages } from './routes'
import type { Services } from './services'
import { shellStyles } from './shell-styles'
import { strings } from './strings'
import { base } from './ui/base'
import { icon } from './ui/icon'
import { logo } from './ui/logo'
import './ui/state'

/** As many names as a phone is wide enough for. */
const MOST_NAMED = 5

/** The frame around every page: where one may go, who one is, and whether what one watches is being saved. */
@customElement('playhead-app')
export class PlayheadApp extends LitElement {
  static override styles = [base, shellStyles]

  @property({ attribute: false }) services!: Omit<Services, 'go' | 'tell' | 'title'>

  /** Whether the token is no longer taken. */
  @property({ type: Boolean, attribute: 'signed-out' }) signedOut = false

  @state() private path = location.pathname
  @state() private offline = !navigator.onLine
  @state() private unsaved = false

  @query('main') private readonly main!: HTMLElement
  @query('playhead-toast') private readonly toast!: PlayheadToast

  private readonly local = new Localised(this, strings)
  readonly #router = new Router(
    this,
    pages.map((page) => ({
      path: page.path,
      enter: async () => {
        await page.load()
        return true
      },
      render: (parameters) => page.render(this.#handed, parameters),
    })),
    { fallback: { render: () => this.#missing() } },
  )
  #handedDown: Services | null = null

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('online', this.#onConnection)
    addEventListener('offline', this.#onConnection)
    addEventListener('popstate', this.#onMoved)
    // links within pages are the router's; by then the address has changed
    this.addEventListener('click', this.#onMoved)
    const { playhead } = this.services
    playhead.addEventListener('saving', this.#onSaving)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('online', this.#onConnection)
    removeEventListener('offline', this.#onConnection)
    removeEventListener('popstate', this.#onMoved)
    const { playhead } = this.services
    playhead.removeEventListener('saving', this.#onSaving)
  }

  override render() {
    const { t } = this.local
    const offered = destinations(this.services.me)
    return html`<header>
        <button class="button skip" @click=${this.#onSkip}>${t.skip}</button>
        <div class="bar">
          <a class="home" href="/">${logo()}</a>
          <nav aria-label=${t.mainNavigation} class=${offered.length > MOST_NAMED ? 'crowded' : ''}>
            ${offered.map(
              (each) =>
                html`<a href=${each.path} aria-current=${isAt(this.path, each) ? 'page' : nothing}
                  >${icon(each.icon)}<span>${t[each.label]}</span></a
                >`,
            )}
          </nav>
          <app-account .me=${this.services.me} @account-sign-out=${this.#onSignOut}></app-account>
        </div>
      </header>
      <div role="status">${this.#notice()}</div>
      <main id="content" tabindex="-1"><div class="content">${this.#router.outlet()}</div></main>
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

  #missing(): unknown {
    const { t } = this.local
    return html`<ui-state whole .icon=${'search'} .heading=${t.missingTitle} .text=${t.missingText}>
      <a class="button primary" href="/">${t.home}</a>
    </ui-state>`
  }

  /** The services whole: the way around is the shell's own. */
  get #handed(): Services {
    this.#handedDown ??= {
      ...this.services,
      go: (path) => {
        history.pushState({}, '', path)
        void this.#router.goto(location.pathname)
        this.#onMoved()
      },
      title: (text) => {
        document.title = text === '' ? 'Playhead' : `${text} · Playhead`
      },
      tell: (message, tone) => {
        this.toast.show(message, tone)
      },
    }
    return this.#handedDown
  }

  readonly #onMoved = (): void => {
    // after the router's own listener, which changes the address
    queueMicrotask(() => {
      if (this.path === location.pathname) return
      this.path = location.pathname
      scrollTo({ top: 0 })
      this.main.focus({ preventScroll: true })
    })
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
