/** What other features take from checklists. */
export {definitionOf, progressOf, readRun, type ReadRun} from './read_run.ts';
