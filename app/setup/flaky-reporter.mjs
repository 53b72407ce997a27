/** A vitest reporter that names the tests that passed only when tried again: such a test is a fault to be mended, not noise. */
// oxlint-disable-next-line import/no-default-export -- vitest loads a reporter's default export
export default class FlakyReporter {
  onTestRunEnd(modules) {
    const flaky = modules.flatMap((module) =>
      [...module.children.allTests()].filter((test) => test.diagnostic()?.flaky),
    );
    for (const test of flaky)
      process.stdout.write(
        `passed only when tried again: ${test.module.relativeModuleId}: ${test.fullName}\n`,
      );
  }
}
