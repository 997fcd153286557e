import type { IdsRange, SplitPart } from '#protocol/trace.ts';
import type { Clock } from '../../stream/clock.ts';
import { askForRecords, eventsOfLineage } from './event-stage.ts';
import type { EventsQuestion, RecordsJob } from './event-stage.ts';
import { partsAsTold } from '../part-list.ts';
import type { PartsSnapshot, TracePart } from '../part-list.ts';
import { TraceParts } from './trace-parts.ts';

/** Events of every node of a lineage. */
export interface WantedEvents {
  readonly question: EventsQuestion;
  readonly lineageJobId: string;
}

interface SplitMeans {
  readonly clock: Clock;
  readonly changed: () => void;
}

/** The parts of a run whose events are too many for one job, if it has any. */
export class RunSplit {
  readonly #means: SplitMeans;
  #parts: TraceParts | undefined;
  /** Of a job that was opened, where the rest of its parts cannot be asked for. */
  #told: PartsSnapshot | undefined;

  constructor(means: SplitMeans) {
    this.#means = means;
  }

  snapshot(): PartsSnapshot | undefined {
    return this.#parts?.snapshot() ?? this.#told;
  }

  /**
   * Posts the parts of a plan: this waits for the first of them.
   * @throws ClientProblemError when it is refused, and then there are no parts; the reason of `stop`.
   */
  async begin(plan: readonly SplitPart[], wanted: WantedEvents): Promise<RecordsJob> {
    const parts = this.#open(
      plan.map(({ ids_range: range }) => ({ range, jobId: undefined })),
      wanted,
    );
    try {
      const first = await parts.postNext();
      void parts.postRest();
      return first;
    } catch (thrown) {
      this.#parts = undefined;
      throw thrown;
    }
  }

  /** Parts that an address names. Those that were not asked for are, where it is known what they are parts of. */
  tell(parts: readonly TracePart[], wanted: WantedEvents | undefined): void {
    if (wanted === undefined) this.#told = partsAsTold(parts);
    else void this.#open(parts, wanted).postRest();
  }

  /** Asks for the parts that were not asked for yet. */
  goOn(): void {
    void this.#parts?.postRest();
  }

  /** Leaves the rest unposted; what was posted goes on. */
  stop(): void {
    this.#parts?.stop();
  }

  #open(parts: readonly TracePart[], { question, lineageJobId }: WantedEvents): TraceParts {
    const post = async (range: IdsRange, signal: AbortSignal): Promise<RecordsJob> =>
      askForRecords(eventsOfLineage(question, lineageJobId, range), signal);
    this.#parts = new TraceParts(parts, { post, ...this.#means });
    return this.#parts;
  }
}
