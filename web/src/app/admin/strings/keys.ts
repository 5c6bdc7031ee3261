export type { ReportName, Subject } from '../exporting/reports'
