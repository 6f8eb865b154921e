/**
 * Gathers concurrent askers into shared calls: an idle lane sends a single item at once; while a call is under way others gather and go together
 * when it ends, or as soon as a whole call is full. Every asker gets its own answer.
 */
export function createCoalescer<T, R>(options: { max: number; inFlightMax: number; send(items: T[]): Promise<R[]> }): (item: T) => Promise<R> {
  type Waiting = { item: T; resolve: (answer: R) => void; reject: (error: unknown) => void };
  const queue: Waiting[] = [];
  let inFlight = 0;

  const flush = (): void => {
    while (queue.length > 0 && inFlight < options.inFlightMax && (inFlight === 0 || queue.length >= options.max)) {
      const batch = queue.splice(0, options.max);
      inFlight += 1;
      options.send(batch.map((w) => w.item)).then(
        (answers) => batch.forEach((w, i) => { const answer = answers[i]; if (answer === undefined) w.reject(new Error('a shared call gave no answer for one of its askers')); else w.resolve(answer); }),
        (error: unknown) => batch.forEach((w) => w.reject(error)),
      ).finally(() => { inFlight -= 1; flush(); });
    }
  };
  return (item) => new Promise((resolve, reject) => { queue.push({ item, resolve, reject }); flush(); });
}
