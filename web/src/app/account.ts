import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Me } from '../api/types'
import { languageNames, languages, Localised, type LanguageCode } from '../strings'
import { choose, language, theme, themes, type Theme } from './preferences'
import { strings } from './strings'
import { base } from './ui/base'
import { icon } from './ui/icon'

const THEME_NAMES = { system: 'themeSystem', light: 'themeLight', dark: 'themeDark' } as const

/** Who is signed in, and how they like the pages. `account-sign-out` when they leave. */
@customElement('app-account')
export class AppAccount extends LitElement {
  static override styles = [
    base,
    css`
      button.face {
        display: grid;
        place-items: center;
        width: 40px;
        height: 40px;
        border: 0;
        border-radius: 50%;
        font: inherit;
        font-size: 0.8125rem;
        font-weight: 620;
        color: var(--playhead-accent);
        background: var(--playhead-accent-soft);
        cursor: pointer;
      }
      [popover] {
        position: fixed;
        inset: 64px auto auto auto;
        inset-inline-end: max(16px, calc((100vw - 1180px) / 2 + 32px));
        width: min(300px, calc(100vw - 32px));
        margin: 0;
        padding: 20px;
        color: var(--playhead-text);
        background: var(--playhead-raised);
        border: 1px solid var(--playhead-border);
        border-radius: var(--playhead-radius-large);
        box-shadow: var(--playhead-shadow-large);
      }
      [popover]:not(:popover-open) {
        display: none;
      }
      .name {
        font-weight: 620;
        overflow-wrap: anywhere;
      }
    `,
  ]

  @property({ attribute: false }) me!: Me

  private readonly local = new Localised(this, strings)

  override render() {
    const { t } = this.local
    const name = this.me.displayName ?? t.you
    return html`<button
        class="face"
        popovertarget="menu"
        aria-label="${initials(name)}, ${t.account}: ${name}"
      >
        ${initials(name)}
      </button>
      <div id="menu" popover class="stack">
        <div>
          <p class="name">${name}</p>
          <p class="muted small">${this.#role()}</p>
        </div>
        <label class="field">
          ${t.theme}
          <select @change=${this.#onTheme}>
            ${themes.map(
              (each) =>
                html`<option value=${each} ?selected=${each === theme()}>${t[THEME_NAMES[each]]}</option>`,
            )}
          </select>
        </label>
        <label class="field">
          ${t.language}
          <select @change=${this.#onLanguage}>
            ${languages.map(
              (each) =>
                html`<option value=${each} lang=${each} ?selected=${each === language()}>
                  ${languageNames[each]}
                </option>`,
            )}
          </select>
        </label>
        <button class="button" @click=${this.#onSignOut}>${icon('signOut')} ${t.signOut}</button>
      </div>`
  }

  #role(): string {
    const { t } = this.local
    if (this.me.roles.includes('admin')) return t.roleAdmin
    return this.me.roles.includes('manager') ? t.roleManager : t.roleLearner
  }

  readonly #onTheme = (event: Event): void => {
    choose({ theme: (event.target as HTMLSelectElement).value as Theme })
  }

  readonly #onLanguage = (event: Event): void => {
    choose({ language: (event.target as HTMLSelectElement).value as LanguageCode })
  }

  readonly #onSignOut = (): void => {
    this.dispatchEvent(new CustomEvent('account-sign-out'))
  }
}

/** The first grapheme of the first and of the last word. */
function initials(name: string): string {
  const words = name.split(/\s+/u).filter((word) => word !== '')
  const shown = words.length > 1 ? [words.at(0), words.at(-1)] : words
  return shown.map(firstLetter).join('')
}

function firstLetter(word = ''): string {
  return Array.from(new Intl.Segmenter().segment(word), ({ segment }) => segment)[0] ?? ''
}

declare global {
  interface HTMLElementTagNameMap {
    'app-account': AppAccount
  }
}
