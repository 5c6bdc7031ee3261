import { html, type TemplateResult } from 'lit'
import { formats, perLanguage } from '../../strings'
import { strings } from '../strings'
import { icon } from './icon'

const clock = perLanguage(
  (lang) => new Intl.DateTimeFormat(lang === 'en' || lang === '' ? 'en-GB' : lang, { timeStyle: 'short' }),
)

/** Says that figures are behind a change that was made at this moment; the date only where that was another day. */
export function asOf(at: string, lang: string, now = new Date()): TemplateResult {
  const moment = new Date(at)
  const isToday = moment.toDateString() === now.toDateString()
  const time = isToday ? clock(lang).format(moment) : formats(lang).dateTime(at)
  return html`<p class="row small muted as-of" role="status" style="margin-block-end: 12px">
    ${icon('alert')} <time datetime=${at}>${strings(lang).asOf(time)}</time>
  </p>`
}
