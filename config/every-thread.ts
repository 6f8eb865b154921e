import { collectAtRest } from './collect-at-rest';

/** Loaded before anything else by `node --require`, in a program's main thread and in each of its others (the one that runs workflows is made by the SDK). */
collectAtRest();
