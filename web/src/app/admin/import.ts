import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { messageOf } from '../ui/failed'
import { icon } from '../ui/icon'
import { notForYou } from './administrators'
import { names, type Name } from './importing/columns'
import { readDirectory, textOf, type DirectoryFile, type FileRow } from './importing/file'
import './importing/format'
import './importing/outcome'
import { troubleText } from './importing/reasons'
import { send, type DirectoryUpdate, type Outcome } from './importing/send'
import { importStyles } from './importing/styles'
import { UnreadableFile, type Trouble } from './importing/trouble'
import { strings } from './strings'
import './tabs'

type Stage =
  | { readonly at: 'nothing' }
  | { readonly at: 'trouble'; readonly trouble: Trouble }
  | { readonly at: 'judging' | 'storing'; readonly done: number; readonly total: number }
  | { readonly at: 'judged' | 'stored'; readonly outcome: Outcome }
  | { readonly at: 'failed'; readonly message: string; readonly dryRun: boolean }

/** Stores a directory from a CSV file, once somebody has seen what that would do. */
@customElement('page-import')
export class PageImport extends LitElement {
  static override styles = [base, importStyles]

  @property({ attribute: false }) services!: Services

  @state() private stage: Stage = { at: 'nothing' }
  @state() private dragged = false

  private readonly local = new Localised(this, strings)
  #name = ''
  #text = ''
  #file: DirectoryFile | null = null
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

  #dropZone(): unknown {
    const { t } = this.local
    const busy = this.stage.at === 'judging' || this.stage.at === 'storing'
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
      <input type="file" accept=".csv,text/csv" ?disabled=${busy} @change=${this.#onChoice} />
    </label>`
  }

  #shown(): unknown {
    const { stage } = this
    const { t } = this.local
    switch (stage.at) {
      case 'nothing':
        return nothing
      case 'trouble':
        return stage.trouble.code === 'noKind'
          ? this.#askKind()
          : html`<p class="card failed" role="alert">${icon('alert')} ${troubleText(stage.trouble, t)}</p>`
      case 'judging':
      case 'storing':
        return this.#progress(stage.at, stage.done, stage.total)
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
          <p class="muted">${stage.dryRun ? t.nothingStored : t.storedPartly}</p>
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
        ${names.map(
          (name) =>
            html`<button
              class="button"
              @click=${() => {
                this.#read(name)
              }}
            >
              ${t.kindOf(name)}
            </button>`,
        )}
      </div>
    </section>`
  }

  #progress(at: 'judging' | 'storing', done: number, total: number): unknown {
    const { t, format } = this.local
    const label = at === 'judging' ? t.judging : t.storing
    return html`<section class="card stack" .style=${'--gap: 12px'}>
      <div class="row spread">
        <h2>${label}</h2>
        <span class="small muted numeric">${t.outOf(format.number(done), format.number(total))}</span>
      </div>
      <progress aria-label=${label} max=${Math.max(1, total)} value=${done}></progress>
      <div><button class="button" @click=${() => this.#running?.abort()}>${t.stop}</button></div>
    </section>`
  }

  #judged(outcome: Outcome): unknown {
    const { t } = this.local
    const all = Object.values(outcome.counts)
    const changes = all.reduce((sum, { stored, removed }) => sum + stored + removed, 0)
    const rejected = new Set(outcome.faults.map(({ line }) => line)).size
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
    // the same file, mended, is chosen again
    void this.#open(file).then(() => (input.value = ''))
  }

  readonly #onDrop = (event: DragEvent): void => {
    event.preventDefault()
    this.dragged = false
    void this.#open(event.dataTransfer?.files[0])
  }

  async #open(file: File | undefined): Promise<void> {
    if (file === undefined || this.stage.at === 'judging' || this.stage.at === 'storing') return
    this.#name = file.name
    this.#file = null
    try {
      this.#text = textOf(new Uint8Array(await file.arrayBuffer()))
      this.#read(null)
    } catch (reason) {
      this.stage =
        reason instanceof UnreadableFile
          ? { at: 'trouble', trouble: reason.trouble }
          : { at: 'trouble', trouble: { code: 'unreadable', message: messageOf(reason) } }
    }
  }

  #read(kind: Name | null): void {
    try {
      this.#file = readDirectory(this.#text, kind)
    } catch (reason) {
      if (!(reason instanceof UnreadableFile)) throw reason
      this.stage = { at: 'trouble', trouble: reason.trouble }
      return
    }
    void this.#send(true)
  }

  async #send(dryRun: boolean): Promise<void> {
    const file = this.#file
    if (file === null) return
    const running = new AbortController()
    this.#running = running
    const at = dryRun ? 'judging' : 'storing'
    const total = names.reduce((sum, name) => sum + file.rows[name].length, 0)
    let done = 0
    this.stage = { at, done, total }
    const advance = (rows: number): void => {
      done += rows
      this.stage = { at, done, total }
    }
    try {
      const outcome = await send(file, this.#put, { dryRun, advance, signal: running.signal })
      this.stage = { at: dryRun ? 'judged' : 'stored', outcome }
    } catch (reason) {
      const message = running.signal.aborted ? this.local.t.stopped : messageOf(reason)
      this.stage = { at: 'failed', message, dryRun }
    }
  }

  readonly #put = (
    kind: Name,
    rows: readonly FileRow['sent'][],
    dryRun: boolean,
  ): Promise<DirectoryUpdate> => {
    const { api } = this.services
    // one call for five routes, whose rows the service judges: that is what the dry run is for
    const path = `/api/directory/${kind}` as '/api/directory/content'
    const body = { items: rows as never }
    return api.read(api.client.PUT(path, { params: { query: { dryRun } }, body }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-import': PageImport
  }
}
