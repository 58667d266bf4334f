export const landing = {
  title: 'NexusEd: live lessons with tutors across India',
};
