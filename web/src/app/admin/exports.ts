import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Api } from '../../api/client'
import { download, save } from '../../api/download'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { icon } from '../ui/icon'
import { notForYou } from './administrators'
import './exporting/job-list'
import { Jobs } from './exporting/jobs'
import './exporting/picker'
import type { Picked } from './exporting/picker'
import {
  directoryReports,
  filePath,
  formats,
  progressReports,
  type Format,
  type Report,
  type ReportName,
} from './exporting/reports'
import { exportsStyles } from './exporting/styles'
import { strings } from './strings'
import './tabs'
import { firstDay } from './trend'

/** By API, so that downloads continue, and are still listed, when the page is left and opened again. */
const jobsOf = new WeakMap<Api, Jobs>()

function jobsBy(api: Api): Jobs {
  const known = jobsOf.get(api)
  if (known !== undefined) return known
  const made = new Jobs({
    download: (path, onProgress, signal) => download(api, path, onProgress, signal),
    save,
    now: () => performance.now(),
    later: (run, milliseconds) => void setTimeout(run, milliseconds),
  })
  jobsOf.set(api, made)
  return made
}

/** Every report as a file. */
@customElement('page-exports')
export class PageExports extends LitElement {
  static override styles = [base, exportsStyles]

  @property({ attribute: false }) services!: Services

  @state() private picked: Partial<Record<ReportName, Picked>> = {}
  @state() private from = firstDay(30, new Date())
  @state() private to = firstDay(1, new Date())

  private readonly local = new Localised(this, strings)
  #jobs: Jobs | null = null

  override connectedCallback(): void {
    super.connectedCallback()
    this.#jobs = jobsBy(this.services.api)
    this.#jobs.addEventListener('change', this.#onChange)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#jobs?.removeEventListener('change', this.#onChange)
  }

  override render() {
    const { t, lang } = this.local
    this.services.title(t.exports)
    const jobs = this.#jobs?.all ?? []
    return html`<admin-tabs current="exports"></admin-tabs> ${
        notForYou(this.services.me, lang) ??
        html`<div class="page-head">
            <div class="stack" .style=${'--gap: 8px'}>
              <h1>${t.exports}</h1>
              <p class="muted intro">${t.exportsIntro}</p>
            </div>
          </div>
          <div class="stack" .style=${'--gap: 24px'}>
            ${this.#group(t.progressReports, progressReports)}
            ${this.#group(t.directoryReports, directoryReports)} ${this.#formats()}
            ${
              jobs.length === 0
                ? nothing
                : html`<job-list
                    .jobs=${jobs}
                    @job-cancel=${({ detail }: CustomEvent<number>) => this.#jobs?.cancel(detail)}
                    @job-again=${({ detail }: CustomEvent<number>) => {
                      this.#jobs?.again(detail)
                    }}
                  ></job-list>`
            }
          </div>`
      }`
  }

  #group(heading: string, reports: readonly Report[]): unknown {
    return html`<section class="card stack">
      <h2>${heading}</h2>
      <ul>
        ${reports.map((report) => this.#report(report))}
      </ul>
    </section>`
  }

  #report(report: Report): unknown {
    const { t } = this.local
    return html`<li>
      <div class="what">
        <h3>${t.report(report.name)}</h3>
        <p class="small muted">${t.reportText(report.name)}</p>
        ${report.dated === true ? this.#days() : nothing}
        ${
          report.of === undefined
            ? nothing
            : html`<export-picker
                .api=${this.services.api}
                .subject=${report.of}
                @export-picked=${({ detail }: CustomEvent<Picked | null>) => {
                  this.picked = { ...this.picked, [report.name]: detail ?? undefined }
                }}
              ></export-picker>`
        }
      </div>
      <div class="row" .style=${'--gap: 8px'}>${formats.map((format) => this.#button(report, format))}</div>
    </li>`
  }

  #days(): unknown {
    const { t } = this.local
    return html`<div class="days">
      <label class="field"
        >${t.from}
        <input
          type="date"
          max=${this.to}
          .value=${this.from}
          @change=${(event: Event) => {
            this.from = (event.target as HTMLInputElement).value
          }}
        />
      </label>
      <label class="field"
        >${t.to}
        <input
          type="date"
          min=${this.from}
          .value=${this.to}
          @change=${(event: Event) => {
            this.to = (event.target as HTMLInputElement).value
          }}
        />
      </label>
    </div>`
  }

  #button(report: Report, format: Format): unknown {
    const { t } = this.local
    const picked = this.picked[report.name]
    const path = filePath(report, format, {
      ...(picked === undefined ? {} : { id: picked.id }),
      from: this.from,
      to: this.to,
    })
    const name = format === 'parquet' ? 'Parquet' : format.toUpperCase()
    const days = report.dated === true ? [this.from, this.to].filter((day) => day !== '').join(' – ') : ''
    return html`<button
      class="button"
      aria-label=${t.downloadOf(t.report(report.name), name)}
      ?disabled=${path === null}
      @click=${() => {
        if (path !== null) this.#jobs?.start({ report: report.name, format, of: picked?.name ?? days, path })
      }}
    >
      ${icon('download')} ${name}
    </button>`
  }

  #formats(): unknown {
    const { t } = this.local
    return html`<section class="card stack" .style=${'--gap: 12px'}>
      <h2>${t.formatsHeading}</h2>
      <dl>
        <dt>CSV</dt>
        <dd>${t.csvNote}</dd>
        <dt>XLSX</dt>
        <dd>${t.xlsxNote}</dd>
        <dt>Parquet</dt>
        <dd>${t.parquetNote}</dd>
      </dl>
    </section>`
  }

  readonly #onChange = (): void => {
    this.requestUpdate()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-exports': PageExports
  }
}
