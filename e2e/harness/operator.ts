import { expect, type Locator, type Page } from "@playwright/test";
import type { Role } from "@snapdeck/contract/role";
import { PEOPLE } from "./people.ts";

type PageName = "Cluster" | "Snapshots" | "SQL" | "Jobs";

/** How often Tab is pressed before something counts as out of reach of the keyboard. */
const MOST_TABS = 60;

/** The person in front of the browser: finds things by their role and their words, as a person or a screen reader does. */
export class Operator {
  readonly page: Page;
  readonly #url: () => string;
  readonly #errors: string[] = [];

  constructor(page: Page, url: () => string) {
    this.page = page;
    this.#url = url;
    page.on("pageerror", (error) => this.#errors.push(String(error)));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) this.#errors.push(message.text());
    });
  }

  /** Fails when the page threw something that nobody caught, or asked for what its own policy forbids. */
  sawNoErrors(): void {
    expect(this.#errors).toEqual([]);
  }

  async visits(address = this.#url()): Promise<void> {
    await this.page.goto(address);
  }

  async reloads(): Promise<void> {
    await this.page.reload();
  }

  // Signing in

  async entersPassword(username: string, password: string): Promise<void> {
    await this.nameField.fill(username);
    await this.passwordField.fill(password);
    await this.presses("Sign in");
  }

  async signsIn(role: Role): Promise<void> {
    await this.visits();
    await this.entersPassword(PEOPLE[role].username, PEOPLE[role].password);
    await expect(this.page.getByRole("main")).toBeVisible();
  }

  async signsOut(): Promise<void> {
    await this.presses(/^Signed in as/);
    await this.page.getByRole("menuitem", { name: "Sign out" }).click();
  }

  /** Fills in the page behind the setup link. */
  async setsUp(username: string, password: string): Promise<void> {
    await this.nameField.fill(username);
    for (const field of await this.page.getByLabel(/^password/i).all()) await field.fill(password);
    await this.presses("Make the first admin");
  }

  get nameField(): Locator {
    return this.page.getByRole("textbox", { name: /^(user ?)?name/i });
  }

  get passwordField(): Locator {
    return this.page.getByRole("textbox", { name: "Password" });
  }

  // Finding the way

  link(name: PageName): Locator {
    return this.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true });
  }

  heading(name: PageName): Locator {
    return this.page.getByRole("heading", { level: 1, name });
  }

  async opens(name: PageName): Promise<void> {
    await this.link(name).click();
    await expect(this.heading(name)).toBeVisible();
  }

  /** On a small screen, where the pages are behind a menu. */
  async opensFromMenu(name: PageName): Promise<void> {
    await this.presses("Open the menu");
    await this.opens(name);
    await expect(this.dialog).toHaveCount(0);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });
  }

  async presses(name: string | RegExp): Promise<void> {
    await this.button(name).click();
  }

  /** The question that is open. */
  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  async answers(name: string | RegExp): Promise<void> {
    await this.dialog.getByRole("button", typeof name === "string" ? { name, exact: true } : { name }).click();
  }

  /** What is said aloud and stays in sight because something failed. */
  get alert(): Locator {
    return this.page.getByRole("alert").filter({ hasText: /\w/ });
  }

  // What the page shows

  /** The head of every page, where the cluster's name and state stand. */
  get clusterState(): Locator {
    return this.page.getByRole("banner").filter({ hasText: "Snapdeck" });
  }

  /** The foot of every page: whether it is live, and how old its data is. */
  get liveness(): Locator {
    return this.page.getByRole("contentinfo");
  }

  get activity(): Locator {
    return this.page.getByRole("region", { name: "Activity" });
  }

  get backups(): Locator {
    return this.page.getByRole("region", { name: "Backups", exact: true });
  }

  /** The card of a job under Activity. */
  job(title: string | RegExp): Locator {
    return this.activity.getByRole("article", { name: title });
  }

  /** The bar of a job as a whole. */
  progressOf(card: Locator): Locator {
    return card.getByRole("progressbar").first();
  }

  /** One for each backup that is listed, newest first. */
  get restoreButtons(): Locator {
    return this.backups.getByRole("button", { name: "Restore", exact: true });
  }

  /** One for each backup that is listed, newest first. */
  get deleteButtons(): Locator {
    return this.backups.getByRole("button", { name: "Delete backup", exact: true });
  }

  /** One for each backup that is listed, newest first, with everything that its row says. */
  get backupRows(): Locator {
    return this.backups.getByRole("row", { name: /^Backup of/ });
  }

  /** The notice that a restore can still be undone. */
  get previousData(): Locator {
    return this.page.getByRole("region", { name: "Data from before the restore" });
  }

  /** The word that a restore is undone. */
  get undoIsDone(): Locator {
    return this.page.getByRole("region", { name: "Result of the undo" });
  }

  /** The word that a store check found nothing broken. */
  get storeIsSound(): Locator {
    return this.page.getByRole("region", { name: "Result of the store check" });
  }

  /** The word that a restore is done, with what it brought back. */
  get restoreIsDone(): Locator {
    return this.page.getByRole("region", { name: "Result of the restore" });
  }

  /** Fails unless a button is there, cannot be used, and gives that reason to whoever asks, also by ear. */
  async seesRefused(button: Locator, reason: string | RegExp): Promise<void> {
    await expect(button).toBeDisabled();
    await expect(button).toHaveAccessibleDescription(reason);
  }

  /** Fails when the page is wider than the screen. */
  async fitsSideways(): Promise<void> {
    const width = await this.page.evaluate(() => ({ page: document.documentElement.scrollWidth, screen: innerWidth }));
    expect(width.page).toBeLessThanOrEqual(width.screen);
  }

  // What takes more than one press

  /** On the Cluster page. */
  async suspends(): Promise<void> {
    await this.presses("Suspend");
    await this.answers("Suspend");
    await expect(this.clusterState).toContainText("Suspended");
  }

  /** On the Cluster page. */
  async resumes(): Promise<void> {
    await this.presses("Resume");
    await expect(this.clusterState).toContainText("Running");
  }

  /** From the plan to the order: chooses the newest backup, types the cluster's name and has all data replaced. */
  async restoresNewest(clusterName: string): Promise<void> {
    await this.restoreButtons.first().click();
    await this.answers("Continue");
    await this.dialog.getByRole("textbox").fill(clusterName);
    await this.answers("Replace all data");
  }

  /** Has the newest backup proven again, as far as `choice` says. */
  async verifiesNewest(choice: RegExp): Promise<void> {
    await this.backupRows.first().getByRole("button", { name: "Verify…" }).click();
    await this.dialog.getByRole("radio", { name: choice }).check();
    await this.answers("Start verification");
    await expect(this.dialog).toHaveCount(0);
  }

  /** From the button to the order, wherever it stands. */
  async undoesRestore(from: Locator, clusterName: string): Promise<void> {
    await from.getByRole("button", { name: "Undo restore…" }).click();
    await expect(this.dialog.getByRole("button", { name: "Leave it restored" })).toBeFocused();
    await this.dialog.getByRole("textbox").fill(clusterName);
    await this.answers("Undo restore");
    await expect(this.dialog).toHaveCount(0);
  }

  // On the SQL page

  /** Has statements run, and waits until they have been answered. */
  async runsSql(sql: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Statements" }).fill(sql);
    await this.page.keyboard.press("Control+Enter");
    await expect(this.page.getByText(/^Running for/)).toHaveCount(0);
  }

  /** What came of the last script. */
  get sqlResults(): Locator {
    return this.page.getByRole("region", { name: "Results", exact: true });
  }

  /** What came of one statement of it, counted from 1. */
  sqlResult(statement: number): Locator {
    return this.sqlResults.getByRole("article", { name: `Statement ${statement}`, exact: true });
  }

  // By keyboard alone

  /** Presses Tab until something has the focus. */
  async tabsTo(target: Locator): Promise<void> {
    await expect(target).toBeVisible();
    for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${target} is out of reach of the keyboard`);
  }

  /** Goes to a link or a button that can be used, and presses Enter. */
  async reaches(target: Locator): Promise<void> {
    await expect(target).toBeEnabled();
    await this.tabsTo(target);
    await this.page.keyboard.press("Enter");
  }
}
