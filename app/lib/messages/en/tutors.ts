export const tutors = {
  title: 'Find a tutor',
};
