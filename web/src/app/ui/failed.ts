import { html, type TemplateResult } from 'lit'
import { Failure, type FailureKind } from '../../api/failure'
import { strings } from '../strings'
import type { IconName } from './icon'
import './state'

type Shown = readonly [
  icon: IconName,
  heading: 'offlineTitle' | 'unavailableTitle' | 'forbiddenTitle' | 'missingTitle' | 'failedTitle',
  text: 'offlineText' | 'unavailableText' | 'forbiddenText' | 'missingText' | 'signedOutText' | null,
]

/** Failures whose text is the service's own, which names the field at fault. */
const SHOWN: Readonly<Record<FailureKind, Shown>> = {
  offline: ['offline', 'offlineTitle', 'offlineText'],
  unavailable: ['alert', 'unavailableTitle', 'unavailableText'],
  forbidden: ['person', 'forbiddenTitle', 'forbiddenText'],
  missing: ['search', 'missingTitle', 'missingText'],
  signedOut: ['person', 'failedTitle', 'signedOutText'],
  invalid: ['alert', 'failedTitle', null],
}

/** What a page shows where its data should be. A retry is offered where it may help. */
export function failed(reason: unknown, lang: string, retry: () => void): TemplateResult {
  const t = strings(lang)
  const kind = reason instanceof Failure ? reason.kind : 'invalid'
  const [icon, heading, text] = SHOWN[kind]
  const helps = kind === 'offline' || kind === 'unavailable' || kind === 'invalid'
  return html`<ui-state
    failed
    ?whole=${kind === 'missing'}
    .icon=${icon}
    .heading=${t[heading]}
    .text=${text === null ? messageOf(reason) : t[text]}
    .retry=${helps ? retry : null}
  >
    <a class="button" href="/">${t.home}</a>
  </ui-state>`
}

/** In one line, for a toast or beside a field. */
export function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason)
}
