/** Every page's path, and the module that is loaded when it is first opened. */
import { html, type TemplateResult } from 'lit'
import type { Services } from './services'

export interface Page {
  readonly path: string
  readonly load: () => Promise<unknown>
  readonly render: (
    services: Services,
    parameters: Readonly<Record<string, string | undefined>>,
  ) => TemplateResult
}

export const pages: readonly Page[] = [
  {
    path: '/',
    load: () => import('./learner/library'),
    render: (services) => html`<page-library .services=${services}></page-library>`,
  },
  {
    path: '/watch/:contentId',
    load: () => import('./learner/watch'),
    render: (services, { contentId }) =>
      html`<page-watch .services=${services} .contentId=${contentId}></page-watch>`,
  },
  {
    path: '/dashboard',
    load: () => import('./learner/dashboard'),
    render: (services) => html`<page-dashboard .services=${services}></page-dashboard>`,
  },
  {
    path: '/history',
    load: () => import('./learner/history'),
    render: (services) => html`<page-history .services=${services}></page-history>`,
  },
  {
    path: '/teams',
    load: () => import('./manager/teams'),
    render: (services) => html`<page-teams .services=${services}></page-teams>`,
  },
  {
    path: '/teams/:teamId',
    load: () => import('./manager/team'),
    render: (services, { teamId }) => html`<page-team .services=${services} .teamId=${teamId}></page-team>`,
  },
  {
    path: '/teams/:teamId/matrix',
    load: () => import('./manager/matrix'),
    render: (services, { teamId }) =>
      html`<page-team-matrix .services=${services} .teamId=${teamId}></page-team-matrix>`,
  },
  {
    path: '/people',
    load: () => import('./manager/people'),
    render: (services) => html`<page-people .services=${services}></page-people>`,
  },
  {
    path: '/people/:userId',
    load: () => import('./manager/person'),
    render: (services, { userId }) =>
      html`<page-person .services=${services} .userId=${userId}></page-person>`,
  },
  {
    path: '/people/:userId/items/:contentId',
    load: () => import('./manager/person-item'),
    render: (services, { userId, contentId }) =>
      html`<page-person-item
        .services=${services}
        .userId=${userId}
        .contentId=${contentId}
      ></page-person-item>`,
  },
  {
    path: '/figures',
    load: () => import('./figures/page'),
    render: (services) => html`<page-figures .services=${services}></page-figures>`,
  },
  {
    path: '/organisation',
    load: () => import('./admin/organisation'),
    render: (services) => html`<page-organisation .services=${services}></page-organisation>`,
  },
  {
    path: '/organisation/items',
    load: () => import('./admin/items'),
    render: (services) => html`<page-items .services=${services}></page-items>`,
  },
  {
    path: '/organisation/items/:contentId',
    load: () => import('./admin/item'),
    render: (services, { contentId }) =>
      html`<page-item .services=${services} .contentId=${contentId}></page-item>`,
  },
  {
    path: '/organisation/teams',
    load: () => import('./admin/teams'),
    render: (services) => html`<page-org-teams .services=${services}></page-org-teams>`,
  },
  {
    path: '/organisation/exports',
    load: () => import('./admin/exports'),
    render: (services) => html`<page-exports .services=${services}></page-exports>`,
  },
  {
    path: '/organisation/import',
    load: () => import('./admin/import'),
    render: (services) => html`<page-import .services=${services}></page-import>`,
  },
  {
    path: '/organisation/settings',
    load: () => import('./admin/settings/page'),
    render: (services) => html`<page-org-settings .services=${services}></page-org-settings>`,
  },
]
