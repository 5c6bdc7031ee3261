import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { Failure } from '../../../api/failure'
import { Localised } from '../../../strings'
import type { Services } from '../../services'
import { base } from '../../ui/base'
import { failed, messageOf } from '../../ui/failed'
import { Latest } from '../../ui/latest'
import '../../ui/skeleton'
import '../tabs'
import { strings } from './strings'
import { bodyOf, consequences, numbers, percentOf, typedOf, zones, type Settings, type Typed } from './values'

type Field = keyof Typed

/** What an organisation sets for itself. */
@customElement('page-org-settings')
export class PageOrgSettings extends LitElement {
  static override styles = [
    base,
    css`
      form {
        max-width: 44rem;
      }
      fieldset {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr));
        gap: 16px;
        margin: 0;
      }
      legend {
        font-weight: 640;
      }
      fieldset > p {
        grid-column: 1 / -1;
      }
      [aria-invalid] {
        border-color: var(--playhead-danger) !important;
      }
      .fault {
        color: var(--playhead-danger);
        font-weight: 400;
      }
    `,
  ]

  @property({ attribute: false }) services!: Services

  @state() private typed: Typed | null = null
  @state() private faults: Readonly<Record<string, string>> = {}
  @state() private message = ''
  @state() private saving = false

  private readonly local = new Localised(this, strings)
  private readonly stored = new Latest<Settings>(this, () => this.#load())

  override connectedCallback(): void {
    super.connectedCallback()
    void this.stored.refresh()
  }

  override render() {
    const { t, lang } = this.local
    const { value, failure } = this.stored
    this.services.title(t.settings)
    return html`<admin-tabs current="settings"></admin-tabs>
      <div class="page-head">
        <div>
          <h1>${t.settings}</h1>
          <p class="muted">${t.intro}</p>
        </div>
      </div>
      ${
        value !== undefined
          ? this.#form(value)
          : failure === null
            ? html`<ui-skeleton></ui-skeleton>`
            : failed(failure, lang, () => void this.stored.refresh())
      }`
  }

  #form(settings: Settings): TemplateResult {
    const { t } = this.local
    const before = typedOf(settings)
    const typed = this.typed ?? before
    const after = consequences(before, typed)
    const { defaults } = settings
    return html`<form class="stack" novalidate @submit=${this.#save} @input=${this.#onInput}>
      ${
        settings.recountingDays
          ? html`<p class="card small" role="status">${t.recounting(settings.daysTimeZone)}</p>`
          : nothing
      }
      <fieldset class="card">
        <legend>${t.days}</legend>
        <p class="small muted">${t.timeZoneHint}</p>
        ${this.#select(
          'timeZone',
          typed,
          defaults.timeZone,
          zones(before.timeZone).map((zone) => [zone, zone]),
        )}
      </fieldset>
      <fieldset class="card">
        <legend>${t.completion}</legend>
        <p class="small muted">${t.completionHint}</p>
        ${this.#number('completionThreshold', typed, percentOf(defaults.completionThreshold), 'any')}
        ${this.#select('evidence', typed, t[defaults.evidence], [
          ['any', t.any],
          ['watched', t.watched],
        ])}
        ${this.#select('countHidden', typed, defaults.countHidden ? t.yes : t.no, [
          ['true', t.yes],
          ['false', t.no],
        ])}
      </fieldset>
      <fieldset class="card">
        <legend>${t.support}</legend>
        ${numbers.map((name) => this.#number(name, typed, String(defaults[name]), '1'))}
      </fieldset>
      ${
        after.length === 0
          ? nothing
          : html`<section class="card" aria-live="polite">
              <h2>${t.changes}</h2>
              <ul>
                ${after.map((each) => html`<li>${t[each]}</li>`)}
              </ul>
            </section>`
      }
      <p class="fault" role="alert">${this.message}</p>
      <div class="row">
        <button class="button primary" ?disabled=${after.length === 0 || this.saving}>${t.save}</button>
        <button class="button" type="button" ?disabled=${after.length === 0} @click=${this.#undo}>
          ${t.undo}
        </button>
      </div>
    </form>`
  }

  #select(
    name: Field,
    typed: Typed,
    byDefault: string,
    options: readonly (readonly [string, string])[],
  ): TemplateResult {
    const { t } = this.local
    const all: readonly (readonly [string, string])[] = [['', t.byDefault(byDefault)], ...options]
    return this.#field(
      name,
      html`<select name=${name} aria-invalid=${this.faults[name] === undefined ? nothing : 'true'}>
        ${all.map(
          ([value, text]) => html`<option value=${value} .selected=${value === typed[name]}>${text}</option>`,
        )}
      </select>`,
    )
  }

  #number(name: Exclude<Field, 'timeZone'>, typed: Typed, byDefault: string, step: string): TemplateResult {
    return this.#field(
      name,
      html`<input
        name=${name}
        type="number"
        inputmode="decimal"
        step=${step}
        placeholder=${this.local.t.byDefault(byDefault)}
        .value=${typed[name]}
        aria-invalid=${this.faults[name] === undefined ? nothing : 'true'}
      />`,
    )
  }

  #field(name: Field, control: TemplateResult): TemplateResult {
    const fault = this.faults[name]
    return html`<label class="field"
      >${this.local.t[name]} ${control}
      ${fault === undefined ? nothing : html`<span class="fault">${fault}</span>`}</label
    >`
  }

  readonly #onInput = (event: Event): void => {
    const { value } = this.stored
    const { name, value: text } = event.target as HTMLInputElement | HTMLSelectElement
    if (value !== undefined) this.typed = { ...(this.typed ?? typedOf(value)), [name]: text }
  }

  readonly #undo = (): void => {
    this.typed = null
    this.faults = {}
    this.message = ''
  }

  readonly #save = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (this.typed === null || this.saving) return
    const { api, notify } = this.services
    this.saving = true
    try {
      // The service checks each value: its answer names the fields that are wrong.
      await api.read(api.client.PUT('/api/org/settings', { body: bodyOf(this.typed) as never }))
      this.#undo()
      await this.stored.refresh()
      notify(this.local.t.saved, 'success')
    } catch (reason) {
      const errors = reason instanceof Failure ? (reason.problem?.errors ?? []) : []
      this.faults = Object.fromEntries(errors.map(({ field, reason: why }) => [field, why]))
      this.message = errors.length > 0 ? this.local.t.notSaved : messageOf(reason)
    } finally {
      this.saving = false
    }
  }

  #load(): Promise<Settings> {
    const { api } = this.services
    return api.read(api.client.GET('/api/org/settings'))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-org-settings': PageOrgSettings
  }
}
