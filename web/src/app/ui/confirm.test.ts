import { afterEach, expect, it, vi } from 'vitest'
import { cleanPage, inside, mounted, press, seen } from '../../components/testing'
import './confirm'

afterEach(cleanPage)

const asked = async (act: () => Promise<void>) => {
  const confirm = await mounted('ui-confirm', {
    label: 'Take it again',
    question: 'From the beginning?',
    text: 'Your completion of 3 March 2026 is kept.',
    act,
  })
  inside(confirm, '.open').click()
  await confirm.updateComplete
  await Promise.resolve()
  return confirm
}

it('asks before it acts, says what follows, and takes the focus', async () => {
  const act = vi.fn(() => Promise.resolve())
  const confirm = await asked(act)
  expect(act).not.toHaveBeenCalled()
  expect(seen(inside(confirm, '[role=group]'))).toContain('Your completion of 3 March 2026 is kept.')
  expect(confirm.shadowRoot?.activeElement).toBe(inside(confirm, '.confirm'))
  inside(confirm, '.confirm').click()
  await vi.waitFor(() => inside(confirm, '.open'))
  expect(act).toHaveBeenCalledOnce()
})

it('shows what went wrong, and can be tried again', async () => {
  const act = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('not yours to change'))
  act.mockResolvedValueOnce()
  const confirm = await asked(act)
  inside(confirm, '.confirm').click()
  await vi.waitFor(() => {
    expect(seen(inside(confirm, '[role=alert]'))).toBe('not yours to change')
  })
  inside(confirm, '.confirm').click()
  await vi.waitFor(() => inside(confirm, '.open'))
  expect(act).toHaveBeenCalledTimes(2)
})

it('does nothing when it is cancelled, by Escape too', async () => {
  const act = vi.fn(() => Promise.resolve())
  const confirm = await asked(act)
  press(inside(confirm, '.confirm'), 'Escape')
  await vi.waitFor(() => inside(confirm, '.open'))
  expect(act).not.toHaveBeenCalled()
})
