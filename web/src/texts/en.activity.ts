// The words of the top bar's activity, in English.
export const activity = {
  title: "Activity", new: (n: number) => `Activity: ${n} new`, isNew: "new", running: "Running now", recent: "Lately",
  nothingRuns: "Nothing runs in your projects.", nothing: "Nothing has happened yet: jobs that end, services that start and uploads appear here.",
  all: "The start page shows more",
};
