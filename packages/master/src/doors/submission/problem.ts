/** What is wrong with a submission, as a sentence for whoever submitted it. */
export class SubmissionProblem extends Error {}
