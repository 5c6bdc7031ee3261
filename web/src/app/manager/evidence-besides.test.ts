import { render } from 'lit'
import { expect, it } from 'vitest'
import type { ItemEvidence } from '../../api/types'
import { formats } from '../../strings'
import { besides } from './evidence-besides'
import { strings } from './strings'

const OTHER = '33333333-3333-4333-8333-333333333333'
const evidence = (merged: readonly string[]): ItemEvidence =>
  ({
    policy: { threshold: 0.9, thresholdFrom: 'catalogue', evidence: 'any', maxRate: 4, graceSeconds: 20 },
    reported: null,
    marks: [],
    imports: [],
    merged,
    summary: {},
  }) as unknown as ItemEvidence

it.each(['en', 'de', 'es', 'ar'])('names the accounts that were merged into this one, in %s', (lang) => {
  const t = strings(lang)
  const shown = (merged: readonly string[]) => {
    const place = document.createElement('div')
    render(
      besides(evidence(merged), { t, format: formats(lang) }, () => ''),
      place,
    )
    return [...place.querySelectorAll('h2, code')].map((each) => each.textContent)
  }
  expect(shown([])).toEqual([t.rules])
  expect(shown([OTHER])).toEqual([t.mergedAccounts, OTHER, t.rules])
})
