import type { Cluster } from "./cluster.ts";
import type { Answer, Instance } from "./instance.ts";

/** What a scenario has. */
export interface World {
  readonly cluster: Cluster;
  /** Whether it is the long run. */
  readonly long: boolean;
  readonly key: string;
  /** A name for the records of this scenario. */
  readonly name: string;
  /** Starts a server on the cluster's database; ended with the scenario. */
  serve(env?: Readonly<Record<string, string>>, command?: string[]): Promise<Instance>;
  ask(instance: Instance, query: string, variables?: object): Promise<Answer>;
}

export interface Scenario {
  readonly name: string;
  /** Whether it is a part of the short form, which every change runs. */
  readonly short?: boolean;
  /** Does it. @returns figures in words @throws Broken when a promise does not hold */
  readonly run: (world: World) => Promise<string>;
}
