import { expect } from "@playwright/test";
import { CLUSTER_NAME } from "../harness/servers.ts";
import { test } from "../harness/story.ts";

test.describe("A restore over a running cluster", () => {
  test("is shown disabled with the reason and the way out", async ({ operator, stack }) => {
    await stack.ranks.makeTable("orders", 1_000);
    await stack.backUpAndProve();
    await operator.signsIn("admin");
    await operator.opens("Snapshots");
    await operator.seesRefused(operator.restoreButtons.first(), "Suspend the cluster first");

    await operator.presses("Suspend…");
    await operator.answers("Suspend");
    await expect(operator.clusterState).toContainText("Suspended");
    await expect(operator.restoreButtons.first()).toBeEnabled();
  });

  test("is refused by the server asked directly, whatever the page shows", async ({ stack }) => {
    await stack.ranks.makeTable("orders", 1_000);
    const before = await stack.ranks.fingerprint("orders");
    await stack.backUpAndProve();
    const admin = await stack.as("admin");
    const plan = await stack.planRestore();
    const refused = await admin.refusal("startRestore", { body: { planId: plan.id, clusterName: CLUSTER_NAME } });
    expect([refused.status, refused.code]).toEqual([409, "cluster-not-suspended"]);

    // A plan that was made while the cluster was suspended opens no way once it runs again.
    await stack.suspend();
    const later = await stack.planRestore();
    await stack.resume();
    const stale = await admin.refusal("startRestore", { body: { planId: later.id, clusterName: CLUSTER_NAME } });
    expect([stale.status, stale.code]).toEqual([409, "cluster-not-suspended"]);
    expect((await admin.get("listActivity")).items).toEqual([]);
    expect(await stack.ranks.fingerprint("orders")).toEqual(before);
  });
});

test.describe("Two restores asked for at the same moment", () => {
  test("become one job, and who came second is shown it", async ({ stack }) => {
    await stack.ranks.makeTable("orders", 200_000);
    const before = await stack.ranks.fingerprint("orders");
    await stack.backUpAndProve();
    await stack.suspend();
    const admin = await stack.as("admin");
    const plans = [await stack.planRestore(), await stack.planRestore()];
    const answers = await Promise.all(
      plans.map((plan) => admin.ask("startRestore", { body: { planId: plan.id, clusterName: CLUSTER_NAME } })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409]);
    const job = answers.find(({ reply }) => reply !== undefined)?.reply;
    const problem = answers.find((answer) => answer.problem !== undefined)?.problem;
    if (job === undefined || problem === undefined) throw new Error("one was granted and one was refused");
    expect(["cluster-busy", "plan-stale"]).toContain(problem.code);
    expect(problem.jobId).toBe(job.id);

    // Nothing else may touch the cluster meanwhile.
    const resume = await admin.ask("resumeCluster");
    if (resume.problem !== undefined) expect(["cluster-busy", "restore-in-progress"]).toContain(resume.problem.code);
    else expect((await stack.jobEnded(job.id)).state.name).toBe("succeeded");

    expect((await stack.jobEnded(job.id)).state.name).toBe("succeeded");
    if (resume.problem !== undefined) await stack.resume();
    else await stack.jobEnded(resume.reply.id);
    expect(await stack.ranks.fingerprint("orders")).toEqual(before);
  });
});
