/**
 * Every component in every state, beside `npm run dev` at /gallery.html; not built, not published.
 * `?theme=dark`, `?lang=ar` and `?only=scrubber,toast` choose what is shown, for screenshots.
 */
import '@fontsource-variable/inter'
import { css, html, render, type TemplateResult } from 'lit'
import './src/components'
import { directionOf, messages } from './src/strings'
import './src/theme/tokens.css'

const wanted = new URLSearchParams(location.search)
const root = document.documentElement
root.lang = wanted.get('lang') ?? 'en'
root.dir = directionOf(root.lang)
root.dataset['theme'] = wanted.get('theme') ?? 'light'

const words = messages({
  en: {
    failing: 'Your progress could not be saved. It is kept here and sent as soon as the connection is back.',
    retry: 'Try now',
    offline: 'You are offline.',
  },
  de: {
    failing:
      'Ihr Fortschritt ließ sich nicht speichern. Er bleibt hier und wird gesendet, sobald die Verbindung steht.',
    retry: 'Jetzt versuchen',
    offline: 'Sie sind offline.',
  },
  es: {
    failing: 'No se pudo guardar su progreso. Se conserva aquí y se enviará en cuanto vuelva la conexión.',
    retry: 'Reintentar',
    offline: 'No hay conexión.',
  },
  ar: {
    failing: 'تعذّر حفظ تقدّمك. سيبقى محفوظًا هنا ويُرسل فور عودة الاتصال.',
    retry: 'أعد المحاولة',
    offline: 'أنت غير متصل.',
  },
})(root.lang)

const sheet = new CSSStyleSheet()
sheet.replaceSync(css`
  main {
    display: flex;
    flex-direction: column;
    gap: 40px;
    max-inline-size: 880px;
    margin-inline: auto;
    padding: 32px 24px;
  }
  h1 {
    margin: 0 0 16px;
    font-size: 13px;
    line-height: 16px;
    font-weight: 600;
    color: var(--playhead-muted);
  }
  .card {
    padding: 24px;
    border: 1px solid var(--playhead-border);
    border-radius: var(--playhead-radius-large);
    background: var(--playhead-surface);
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(200px, 1fr));
    gap: 24px;
    align-items: center;
  }
  .stack {
    display: flex;
    flex-direction: column;
    gap: 24px;
  }
  playhead-toast {
    position: static;
    justify-content: start;
  }
`.cssText)
document.adoptedStyleSheets = [sheet]

const picture = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90"><rect width="160" height="90" fill="#c7d9e8"/><circle cx="118" cy="28" r="12" fill="#fff3c4"/><path d="M0 90 48 34l34 36 22-20 56 40z" fill="#4b6a85"/></svg>',
)}`
const item = (contentId: string, title: string, positionSeconds: number, durationSeconds: number | null) => ({
  contentId,
  title,
  thumbnailUrl: contentId === 'a' ? picture : contentId === 'b' ? '/not-there.png' : null,
  positionSeconds,
  durationSeconds,
  percentage: durationSeconds === null ? 30 : Math.floor((positionSeconds / durationSeconds) * 100),
  href: `#${contentId}`,
})
const items = [
  item('a', 'Working safely at height', 754, 1200),
  item('b', 'Data protection: what changes for the people who answer the phones', 95, 4200),
  item('c', 'Fire drill', 20, 62),
  item('d', 'السلامة في العمل', 300, null),
  item('e', 'Onboarding week 1', 1000, 1100),
]
const segments = [
  [0, 270],
  [360, 430],
  [700, 904],
] as const

const sections: Record<string, TemplateResult> = {
  progress: html`
    <div class="grid">
      <playhead-progress status="not_started" label="Fire drill"></playhead-progress>
      <playhead-progress .value=${75} label="Working safely"></playhead-progress>
      <playhead-progress .value=${3} label="Data protection"></playhead-progress>
      <playhead-progress status="completed" label="Onboarding"></playhead-progress>
      <playhead-progress layout="inline" .value=${75} label="Working safely"></playhead-progress>
      <playhead-progress layout="inline" status="completed" label="Onboarding"></playhead-progress>
    </div>
  `,
  scrubber: html`
    <div class="stack">
      <playhead-scrubber
        id="scrubber"
        times
        .duration=${1200}
        .position=${754}
        .segments=${segments}
        .buffered=${[[600, 960]] as const}
      ></playhead-scrubber>
      <playhead-scrubber
        .duration=${1200}
        .position=${300}
        .segments=${segments}
        disabled
      ></playhead-scrubber>
      <playhead-scrubber readonly times .duration=${1200} .segments=${segments}></playhead-scrubber>
      <playhead-scrubber readonly .duration=${1200} label="Fire drill"></playhead-scrubber>
    </div>
  `,
  'resume-prompt': html`<playhead-resume-prompt .position=${754} open></playhead-resume-prompt>`,
  toast: html`
    <div class="stack">
      <playhead-toast open .timeout=${0}></playhead-toast>
      <playhead-toast open tone="problem" .timeout=${0} message=${words.failing}>
        <button slot="action">${words.retry}</button>
      </playhead-toast>
      <playhead-toast open tone="neutral" .timeout=${0} message=${words.offline}></playhead-toast>
    </div>
  `,
  'continue-watching': html`<playhead-continue-watching
    id="row"
    .items=${items}
  ></playhead-continue-watching>`,
  loading: html`<playhead-continue-watching loading heading="Loading"></playhead-continue-watching>`,
  empty: html`<playhead-continue-watching heading="Empty"></playhead-continue-watching>`,
  'mark-complete': html`
    <div class="grid">
      <playhead-mark-complete></playhead-mark-complete>
      <playhead-mark-complete busy></playhead-mark-complete>
      <playhead-mark-complete completed></playhead-mark-complete>
      <playhead-mark-complete completed busy></playhead-mark-complete>
    </div>
  `,
}

const only = wanted.get('only')?.split(',')
render(
  html`<main>
    ${Object.entries(sections)
      .filter(([name]) => only?.includes(name) ?? true)
      .map(
        ([name, content]) =>
          html`<section>
            <h1>${name}</h1>
            <div class="card" id=${`card-${name}`}>${content}</div>
          </section>`,
      )}
  </main>`,
  document.body,
)
