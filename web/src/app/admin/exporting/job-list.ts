import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { Localised } from '../../../strings'
import { base } from '../../ui/base'
import { icon } from '../../ui/icon'
import { strings } from '../strings'
import type { Job } from './jobs'
import { sizeIn } from './rate'

/** Downloads and their state. The detail of `job-cancel` and `job-again` is the id of a job. */
@customElement('job-list')
export class JobList extends LitElement {
  static override styles = [
    base,
    css`
      /* At the foot of the screen: a download may be begun anywhere on a long page, and may fail. */
      :host {
        position: sticky;
        inset-block-end: 16px;
        z-index: 1;
      }
      .card {
        max-height: 40vh;
        overflow-y: auto;
        background: var(--playhead-raised);
        box-shadow: var(--playhead-shadow-large);
      }
      @media (max-width: 700px) {
        :host {
          /* above the shell's own bar */
          inset-block-end: 72px;
        }
        li {
          grid-template-columns: minmax(0, 1fr);
          justify-items: start;
        }
        li .stack {
          justify-self: stretch;
        }
      }
      ul {
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 4px 16px;
        align-items: center;
        padding-block: 12px;
      }
      li + li {
        border-block-start: 1px solid var(--playhead-border);
      }
      .name {
        overflow-wrap: anywhere;
        font-weight: 560;
      }
      progress {
        width: 100%;
        height: 6px;
        accent-color: var(--playhead-accent);
      }
      .failed {
        color: var(--playhead-danger);
        text-wrap: pretty;
      }
    `,
  ]

  @property({ attribute: false }) jobs: readonly Job[] = []

  private readonly local = new Localised(this, strings)

  override render() {
    const { t } = this.local
    const count = (state: Job['state']): number => this.jobs.filter((job) => job.state === state).length
    const atWork = count('running') + count('waiting')
    return html`<section class="card stack" aria-labelledby="downloads" .style=${'--gap: 8px'}>
      <div class="row spread">
        <h2 id="downloads">${t.downloads}</h2>
        <span class="small muted" role="status"
          >${t.downloadsState(atWork, count('done'), count('failed'))}</span
        >
      </div>
      <ul>
        ${repeat(
          this.jobs,
          ({ id }) => id,
          (job) => this.#job(job),
        )}
      </ul>
    </section>`
  }

  #job(job: Job): unknown {
    const { t } = this.local
    const atWork = job.state === 'running' || job.state === 'waiting'
    const name = [t.report(job.report), job.of].filter((part) => part !== '').join(' · ')
    return html`<li>
      <div class="stack" .style=${'--gap: 4px'}>
        <span class="name"
          >${job.file ?? name}
          <span class="badge">${job.format === 'parquet' ? 'Parquet' : job.format.toUpperCase()}</span></span
        >
        ${atWork ? html`<progress aria-label=${name} value=${this.#share(job) ?? nothing} max="1"></progress>` : nothing}
        <span class="small ${job.state === 'failed' ? 'failed' : 'muted'}">${this.#said(job)}</span>
      </div>
      <button
        class="button ${atWork ? 'quiet' : ''}"
        aria-label=${atWork ? t.cancelOf(name) : t.againOf(name)}
        @click=${() => this.dispatchEvent(new CustomEvent(atWork ? 'job-cancel' : 'job-again', { detail: job.id }))}
      >
        ${icon(atWork ? 'close' : 'download')} ${atWork ? t.cancel : t.again}
      </button>
    </li>`
  }

  #share({ received, total }: Job): number | null {
    return total === null ? null : received / total
  }

  #said(job: Job): string {
    const { t } = this.local
    const size = this.#size(job.received)
    switch (job.state) {
      case 'running':
        if (job.received === 0) return t.preparing
        return job.bytesPerSecond === null ? size : t.atRate(size, this.#size(job.bytesPerSecond))
      case 'waiting':
        return t.busy(job.againSeconds ?? 0)
      case 'done':
        return t.done(size, this.#seconds(job.took ?? 0))
      case 'cancelled':
        return t.cancelled
      case 'failed':
        return t.obstacle(job.obstacle ?? 'other', job.message)
    }
  }

  #size(bytes: number): string {
    const [value, unit] = sizeIn(bytes)
    return this.local.format.number(value, { style: 'unit', unit, maximumFractionDigits: 1 })
  }

  #seconds(milliseconds: number): string {
    const options = { style: 'unit', unit: 'second', unitDisplay: 'short', maximumFractionDigits: 1 } as const
    return this.local.format.number(milliseconds / 1_000, options)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'job-list': JobList
  }
}
