import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { messageOf } from '../ui/failed'
import { icon } from '../ui/icon'
import { notForYou } from './administrators'
import { kindNames, type KindName } from './importing/columns'
import './importing/format'
import './importing/outcome'
import type { DirectoryImport } from './importing/outcome'
import { fileText, lacksKind } from './importing/reasons'
import { importStyles } from './importing/styles'
import { strings } from './strings'
import './tabs'

type Stage =
  | { readonly at: 'empty' | 'kind' | 'judging' | 'storing' }
  | { readonly at: 'unreadable'; readonly text: string }
  | { readonly at: 'judged' | 'stored'; readonly outcome: DirectoryImport }
  | { readonly at: 'failed'; readonly message: string; readonly dryRun: boolean }

/** Sends a directory file to the service: first as a dry run, whose result is shown, then to be stored. */
@customElement('page-import')
export class PageImport extends LitElement {
  static override styles = [base, importStyles]

  @property({ attribute: false }) services!: Services

  @state() private stage: Stage = { at: 'empty' }
  @state() private dragged = false

  private readonly local = new Localised(this, strings)
  #name = ''
  #file = new ArrayBuffer(0)
  #kind: KindName | null = null
  #running: AbortController | null = null

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#running?.abort()
  }

  override render() {
    const { t, lang } = this.local
    this.services.title(t.import)
    return html`<admin-tabs current="import"></admin-tabs> ${
        notForYou(this.services.me, lang) ??
        html`<div class="page-head">
            <div class="stack" .style=${'--gap: 8px'}>
              <h1>${t.importHeading}</h1>
              <p class="muted intro">${t.importIntro}</p>
            </div>
          </div>
          <div class="stack" .style=${'--gap: 24px'}>
            ${this.#dropZone()}
            <div aria-live="polite">${this.#shown()}</div>
            <import-format></import-format>
          </div>`
      }`
  }

  get #busy(): boolean {
    return this.stage.at === 'judging' || this.stage.at === 'storing'
  }

  #dropZone(): unknown {
    const { t } = this.local
    return html`<label
      class="drop ${this.dragged ? 'over' : ''}"
      @dragover=${(event: DragEvent) => {
        event.preventDefault()
        this.dragged = true
      }}
      @dragleave=${() => {
        this.dragged = false
      }}
      @drop=${this.#onDrop}
    >
      <span class="mark">${icon('upload')}</span>
      <strong>${this.#name === '' ? t.chooseFile : this.#name}</strong>
      <span class="small muted">${this.#name === '' ? t.dropFile : t.chooseAnother}</span>
      <input type="file" accept=".csv,text/csv" ?disabled=${this.#busy} @change=${this.#onChoice} />
    </label>`
  }

  #shown(): unknown {
    const { stage } = this
    const { t } = this.local
    switch (stage.at) {
      case 'empty':
        return nothing
      case 'kind':
        return this.#askKind()
      case 'unreadable':
        return html`<p class="card failed" role="alert">${icon('alert')} ${stage.text}</p>`
      case 'judging':
      case 'storing':
        return this.#progress(stage.at === 'judging' ? t.judging : t.storing)
      case 'judged':
        return this.#judged(stage.outcome)
      case 'stored':
        return html`<section class="card stack">
          <h2 class="row good">${icon('check')} ${t.storedHeading}</h2>
          <import-outcome .outcome=${stage.outcome}></import-outcome>
        </section>`
      case 'failed':
        return html`<section class="card stack" role="alert">
          <p class="failed">${icon('alert')} ${t.importFailed(stage.message)}</p>
          <p class="muted">${stage.dryRun ? t.nothingStored : t.storedOrNothing}</p>
          <div>
            <button class="button primary" @click=${() => void this.#send(stage.dryRun)}>
              ${t.tryAgain}
            </button>
          </div>
        </section>`
    }
  }

  #askKind(): unknown {
    const { t } = this.local
    return html`<section class="card stack">
      <h2>${t.whichKind}</h2>
      <p class="muted">${t.whichKindText}</p>
      <div class="row">
        ${kindNames.map(
          (name) =>
            html`<button
              class="button"
              @click=${() => {
                this.#kind = name
                void this.#send(true)
              }}
            >
              ${t.kindOf(name)}
            </button>`,
        )}
      </div>
    </section>`
  }

  #progress(label: string): unknown {
    const { t } = this.local
    return html`<section class="card stack" .style=${'--gap: 12px'}>
      <h2>${label}</h2>
      <progress aria-label=${label}></progress>
      <div><button class="button" @click=${() => this.#running?.abort()}>${t.stop}</button></div>
    </section>`
  }

  #judged(outcome: DirectoryImport): unknown {
    const { t } = this.local
    const changes = outcome.kinds.reduce((sum, { upserted, removed }) => sum + upserted + removed, 0)
    const rejected = new Set(outcome.rejected.map(({ line }) => line)).size
    return html`<section class="card stack">
      <div>
        <h2>${t.dryRunHeading}</h2>
        <p class="muted">${t.dryRunText}</p>
      </div>
      <import-outcome .outcome=${outcome}></import-outcome>
      <div class="row">
        ${
          changes === 0
            ? html`<p>${t.nothingToStore}</p>`
            : html`<button class="button primary" @click=${() => void this.#send(false)}>
                  ${t.storeRows(changes)}
                </button>
                ${rejected === 0 ? nothing : html`<span class="small muted">${t.leavesOut(rejected)}</span>`}`
        }
      </div>
    </section>`
  }

  readonly #onChoice = (event: Event): void => {
    const input = event.target as HTMLInputElement
    const [file] = input.files ?? []
    // so that the same file, corrected, can be chosen again
    void this.#open(file).then(() => (input.value = ''))
  }

  readonly #onDrop = (event: DragEvent): void => {
    event.preventDefault()
    this.dragged = false
    void this.#open(event.dataTransfer?.files[0])
  }

  async #open(file: File | undefined): Promise<void> {
    if (file === undefined || this.#busy) return
    this.#name = file.name
    this.#kind = null
    try {
      this.#file = await file.arrayBuffer()
    } catch (reason) {
      this.stage = { at: 'unreadable', text: this.local.t.fileUnreadable(messageOf(reason)) }
      return
    }
    await this.#send(true)
  }

  async #send(dryRun: boolean): Promise<void> {
    const running = new AbortController()
    this.#running = running
    this.stage = { at: dryRun ? 'judging' : 'storing' }
    try {
      const outcome = await this.#upload(dryRun, running.signal)
      this.stage = { at: dryRun ? 'judged' : 'stored', outcome }
    } catch (reason) {
      this.stage = this.#stageAfter(reason, dryRun, running.signal.aborted)
    }
  }

  #upload(dryRun: boolean, signal: AbortSignal): Promise<DirectoryImport> {
    const { api } = this.services
    return api.read(
      api.client.PUT('/api/directory', {
        params: { query: { dryRun, ...(this.#kind === null ? {} : { kind: this.#kind }) } },
        body: '',
        // the bytes as they are: the service decodes them, and names the line that is not UTF-8
        bodySerializer: () => this.#file,
        headers: { 'Content-Type': 'text/csv' },
        signal,
      }),
    )
  }

  #stageAfter(reason: unknown, dryRun: boolean, stopped: boolean): Stage {
    const { t } = this.local
    if (stopped) return { at: 'failed', message: t.stopped, dryRun }
    if (lacksKind(reason)) return { at: 'kind' }
    const text = fileText(reason, t)
    return text === null ? { at: 'failed', message: messageOf(reason), dryRun } : { at: 'unreadable', text }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-import': PageImport
  }
}
